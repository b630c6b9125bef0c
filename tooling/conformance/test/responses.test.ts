import { referenceParse } from '@tesserae/testkit'
import { describe, expect, test } from 'vitest'
import type { Case } from '../src/answers/case.ts'
import { compare, type Verdict } from '../src/answers/compare.ts'
import type { AnswerPeer, Seen } from '../src/answers/peer.ts'
import { groups, responses } from '../src/responses/area.ts'
import { peers } from '../src/responses/peers.ts'

const ours: AnswerPeer = peers['@tesserae/openai/responses']
const cases = Object.values(groups).flat()

test('@tesserae/openai/responses is right about every case', async () => {
  const { verdicts } = await responses.run(ours)
  expect(Object.entries(verdicts).filter(([, verdict]) => verdict !== 'right')).toEqual([])
})

describe('cases', () => {
  test('are at least a hundred, with names of their own and reasons', () => {
    expect(cases.length).toBeGreaterThan(100)
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    for (const { why } of cases) expect(why).toMatch(/^.{15,}\.$/)
  })

  test('are event streams or documents', () => {
    for (const one of cases) {
      if (one.body.startsWith('{')) expect(JSON.parse(one.body)).toBeTypeOf('object')
      else expect(referenceParse(new TextEncoder().encode(one.body)).pending).toBe(undefined)
    }
  })

  test('a peer that shows nothing is right about no complete case', () => {
    const nothing: Seen = { finish: 'completed' }
    const complete = cases.filter(({ expected }) => expected.end === 'completed')
    expect(complete.filter((one) => compare(ours, one, nothing) === 'right')).toEqual([])
  })
})

describe('a peer', () => {
  const peer: AnswerPeer = { ...ours, lacks: ['refusal'] }
  const call = ['call_a', 'f', '{"a":1}'] as const

  test.each<[string, Case['expected'], Seen | Error, Verdict]>([
    ['is right', { end: 'completed', text: 'a' }, { text: 'a', finish: 'stop' }, 'right'],
    ['has no text', { end: 'completed', text: 'a' }, { finish: 'stop' }, 'wrong: text'],
    ['throws', { end: 'completed', text: 'a' }, new Error('no'), 'fails'],
    ['has no place for it', { end: 'completed', refusal: 'a' }, { finish: 'stop' }, 'right'],
    ['does not tell a limit', { end: 'incomplete' }, { finish: 'stop' }, 'wrong: end'],
    ['tells a limit', { end: 'incomplete' }, { finish: 'length' }, 'right'],
    ['swallows an error', { end: 'error' }, { finish: 'stop' }, 'wrong: no error'],
    ['reports an error', { end: 'error' }, { error: 'no' }, 'right'],
    ['makes an end up', { end: 'cut' }, { finish: 'stop' }, 'wrong: nothing tells that it was cut'],
    ['leaves the end open', { end: 'cut' }, { finish: 'in_progress' }, 'right'],
    [
      'writes JSON otherwise',
      { end: 'completed', tools: [call] },
      { tools: [['call_a', 'f', '{ "a": 1 }']] },
      'right',
    ],
    ['loses a call', { end: 'completed', tools: [call] }, { tools: [] }, 'wrong: tools'],
    [
      'changes the output',
      { end: 'completed', output: [{ a: 1 }] },
      { output: [{ a: 2 }] },
      'wrong: output',
    ],
  ])('%s', (_, expected, outcome, verdict) => {
    expect(compare(peer, { expected }, outcome)).toBe(verdict)
  })
})
