import { referenceParse } from '@tesserae/testkit'
import { describe, expect, test } from 'vitest'
import { accumulators, groups } from '../src/accumulators/area.ts'
import { peers } from '../src/accumulators/peers.ts'
import type { Case } from '../src/answers/case.ts'
import { compare, type Verdict } from '../src/answers/compare.ts'
import type { AnswerPeer, Seen } from '../src/answers/peer.ts'

const ours: AnswerPeer = peers['@tesserae/openai']
const cases = Object.values(groups).flat()

test('@tesserae/openai is right about every case', async () => {
  const { verdicts } = await accumulators.run(ours)
  expect(Object.entries(verdicts).filter(([, verdict]) => verdict !== 'right')).toEqual([])
})

describe('cases', () => {
  test('have names of their own, and reasons', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    for (const { why } of cases) expect(why).toMatch(/^.{15,}\.$/)
  })

  test('are event streams, of which each says what it is about', () => {
    for (const one of cases) {
      const { events, pending } = referenceParse(new TextEncoder().encode(one.body))
      expect(pending).toBe(undefined)
      expect(events.length).toBeGreaterThan(2)
      expect(Object.keys(one.expected)).not.toEqual([])
    }
  })

  test('stay silent without a listener', () => {
    expect(cases.filter((one) => compare(ours, one, { finish: 'stop' }) === 'right')).toEqual([])
    expect(ours.lacks).toEqual([])
  })
})

describe('a peer', () => {
  const call = ['call_a', 'get_weather', '{"city":"Paris"}'] as const
  const peer: AnswerPeer = { ...ours, lacks: ['refusal', 'usage'] }

  test.each<[string, Case['expected'], Seen | Error, Verdict]>([
    ['is right', { text: 'a', finish: 'stop' }, { text: 'a', finish: 'stop' }, 'right'],
    ['has no text', { text: 'a' }, { text: undefined }, 'wrong: text'],
    ['has more than was sent', { text: 'a' }, { text: 'aa' }, 'wrong: text'],
    ['says stopstop', { finish: 'stop' }, { finish: 'stopstop' }, 'wrong: finish'],
    ['writes another hyphen', { finish: 'tool_calls' }, { finish: 'tool-calls' }, 'right'],
    ['throws', { text: 'a' }, new Error('no'), 'fails'],
    ['reports an error that was none', { text: 'a' }, { text: 'a', error: 'no' }, 'fails'],
    ['has no place for it', { refusal: 'a' }, {}, 'not shown'],
    ['has no place for all of it', { text: 'a', usage: [1, 2] }, { text: 'a' }, 'right'],
    ['reports an error', { end: 'error' }, { error: 'overloaded' }, 'right'],
    ['throws an error that was one', { end: 'error' }, new Error('overloaded'), 'right'],
    ['swallows an error', { end: 'error' }, { text: 'a' }, 'wrong: no error'],
    ['leaves the finish reason open', { end: 'cut' }, { finish: null }, 'right'],
    ['makes one up', { end: 'cut' }, { finish: 'stop' }, 'wrong: nothing tells that it was cut'],
    [
      'writes JSON otherwise',
      { tools: [call] },
      { tools: [['call_a', 'get_weather', '{ "city": "Paris" }']] },
      'right',
    ],
    [
      'mends JSON',
      { tools: [['call_a', 'f', '{"a":"b']] },
      { tools: [['call_a', 'f', '{"a":"b"}']] },
      'wrong: tools',
    ],
    ['changes an id', { tools: [call] }, { tools: [['call_b', call[1], call[2]]] }, 'wrong: tools'],
    [
      'makes up an id that was missing',
      { tools: [[undefined, 'f', '{}']] },
      { tools: [['x', 'f', '{}']] },
      'right',
    ],
    ['loses a call', { tools: [call, call] }, { tools: [call] }, 'wrong: tools'],
  ])('%s', (_, expected, outcome, verdict) => {
    expect(compare(peer, { expected }, outcome)).toBe(verdict)
  })
})
