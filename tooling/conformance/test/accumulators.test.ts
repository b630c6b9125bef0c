import { referenceParse } from '@tesserae/testkit'
import { describe, expect, test } from 'vitest'
import { cases } from '../src/accumulators/cases.ts'
import type { Case } from '../src/accumulators/case.ts'
import type { AccumulatorPeer, Seen } from '../src/accumulators/peer.ts'
import { compare, type Verdict } from '../src/accumulators/compare.ts'
import { peer as ours } from '../src/accumulators/peers/tesserae.ts'
import { bodyOf, runPeer } from '../src/accumulators/run-peer.ts'

test('@tesserae/openai is right about every case', async () => {
  const { verdicts } = await runPeer(ours)
  expect(Object.entries(verdicts).filter(([, verdict]) => verdict !== 'right')).toEqual([])
})

describe('cases', () => {
  test('have names of their own, and reasons', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    for (const { why } of cases) expect(why).toMatch(/^.{15,}\.$/)
  })

  test('are event streams, of which each says what it is about', () => {
    for (const one of cases) {
      const { events, pending } = referenceParse(new TextEncoder().encode(bodyOf(one)))
      expect(pending).toBe(undefined)
      expect(events.length).toBeGreaterThan(2)
      expect(Object.keys(one.expected)).not.toEqual([])
    }
  })

  test('stay silent without a listener', () => {
    const deaf: AccumulatorPeer = { ...ours, read: () => Promise.resolve({ finish: 'stop' }) }
    expect(cases.filter((one) => compare(deaf, one, { finish: 'stop' }) === 'right')).toEqual([])
    expect(deaf.lacks).toEqual([])
  })
})

describe('a peer', () => {
  const call = ['call_a', 'get_weather', '{"city":"Paris"}'] as const
  const about = (expected: Case['expected']): Case => ({ name: 'n', why: 'w', data: [], expected })
  const peer: AccumulatorPeer = { ...ours, lacks: ['refusal', 'usage'] }

  test.each<[string, Case['expected'], Seen | Error, Verdict]>([
    ['is right', { content: 'a', finish: 'stop' }, { content: 'a', finish: 'stop' }, 'right'],
    ['has no text', { content: 'a' }, { content: undefined }, 'wrong: content'],
    ['has more than was sent', { content: 'a' }, { content: 'aa' }, 'wrong: content'],
    ['says stopstop', { finish: 'stop' }, { finish: 'stopstop' }, 'wrong: finish'],
    ['writes another hyphen', { finish: 'tool_calls' }, { finish: 'tool-calls' }, 'right'],
    ['throws', { content: 'a' }, new Error('no'), 'fails'],
    ['reports an error that was none', { content: 'a' }, { content: 'a', error: 'no' }, 'fails'],
    ['has no place for it', { refusal: 'a' }, {}, 'not shown'],
    ['has no place for all of it', { content: 'a', usage: [1, 2] }, { content: 'a' }, 'right'],
    ['reports an error', { error: true }, { error: 'overloaded' }, 'right'],
    ['throws an error that was one', { error: true }, new Error('overloaded'), 'right'],
    ['swallows an error', { error: true }, { content: 'a' }, 'wrong: no error'],
    ['leaves the finish reason open', { cut: true }, { finish: null }, 'right'],
    ['makes one up', { cut: true }, { finish: 'stop' }, 'wrong: nothing tells that it was cut'],
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
    expect(compare(peer, about(expected), outcome)).toBe(verdict)
  })
})
