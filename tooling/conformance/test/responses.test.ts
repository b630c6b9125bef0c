import { referenceParse } from '@tesserae/testkit'
import { describe, expect, test } from 'vitest'
import type { ResponseCase } from '../src/responses/case.ts'
import { cases } from '../src/responses/cases.ts'
import type { ResponsePeer, SeenResponse } from '../src/responses/peer.ts'
import { compare, type ResponseVerdict } from '../src/responses/compare.ts'
import { peer as ours } from '../src/responses/peers/tesserae.ts'
import { bodyOf, runPeer } from '../src/responses/run-peer.ts'

test('@tesserae/openai/responses is right about every case', async () => {
  const { verdicts } = await runPeer(ours)
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
      const body = bodyOf(one)
      if (typeof one.events === 'string') expect(JSON.parse(body)).toBeTypeOf('object')
      else expect(referenceParse(new TextEncoder().encode(body)).pending).toBe(undefined)
    }
  })

  test('a peer that shows nothing is right about no complete case', () => {
    const nothing: SeenResponse = { end: 'completed' }
    const complete = cases.filter(({ expected }) => expected.end === 'completed')
    expect(complete.filter((one) => compare(ours, one, nothing) === 'right')).toEqual([])
  })
})

describe('a peer', () => {
  const about = (expected: ResponseCase['expected']): ResponseCase => ({
    name: 'n',
    why: 'w',
    events: [],
    expected,
  })
  const peer: ResponsePeer = { ...ours, lacks: ['refusal'] }
  const call = ['call_a', 'f', '{"a":1}'] as const

  test.each<[string, ResponseCase['expected'], SeenResponse | Error, ResponseVerdict]>([
    ['is right', { end: 'completed', text: 'a' }, { text: 'a', end: 'stop' }, 'right'],
    ['has no text', { end: 'completed', text: 'a' }, { end: 'stop' }, 'wrong: text'],
    ['throws', { end: 'completed', text: 'a' }, new Error('no'), 'fails'],
    ['has no place for it', { end: 'completed', refusal: 'a' }, { end: 'stop' }, 'right'],
    ['does not tell a limit', { end: 'incomplete' }, { end: 'stop' }, 'wrong: end'],
    ['tells a limit', { end: 'incomplete' }, { end: 'length' }, 'right'],
    ['swallows an error', { end: 'error' }, { end: 'stop' }, 'wrong: no error'],
    ['reports an error', { end: 'error' }, { error: 'no' }, 'right'],
    ['makes an end up', { end: 'cut' }, { end: 'stop' }, 'wrong: nothing tells that it was cut'],
    ['leaves the end open', { end: 'cut' }, { end: 'in_progress' }, 'right'],
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
    expect(compare(peer, about(expected), outcome)).toBe(verdict)
  })
})
