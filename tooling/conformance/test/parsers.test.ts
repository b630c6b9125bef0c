import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import type { Found, ParserPeer } from '../src/parsers/peer.ts'
import { compare } from '../src/parsers/compare.ts'
import { runPeer } from '../src/parsers/area.ts'
import { peers } from '../src/parsers/peers.ts'
import { topicOf } from '../src/parsers/topics.ts'

test.each(['@tesserae/parser', '@tesserae/parser/compat'] as const)(
  '%s is right about every vector at every cut',
  async (key) => {
    expect(await runPeer(peers[key])).toMatchObject({ whole: 118, everyCut: 118, wrong: {} })
  },
)

describe('a peer', () => {
  const shows = { unnamed: { is: 'message' }, id: { of: 'stream' }, retry: true } as const
  const peer: ParserPeer = {
    shows,
    load: async () => {},
    use: () => ({ events: [] }),
  }
  const vector = {
    ...vectors[0]!,
    bytes: new TextEncoder().encode('retry: 5\nid: 1\ndata: a\n\nevent: e\ndata: b\n'),
    events: [{ event: undefined, data: 'a', id: '1', lastEventId: '1' }],
    retries: [5],
  }
  const right = { event: 'message', data: 'a', id: '1' }

  test.each<[string, Found, string | undefined]>([
    ['is right', { events: [right], retries: [5] }, undefined],
    ['may call no name empty', { events: [{ ...right, event: '' }], retries: [5] }, undefined],
    ['loses an event', { events: [], retries: [5] }, 'number of events'],
    ['changes data', { events: [{ ...right, data: 'a ' }], retries: [5] }, 'data'],
    ['makes data a number', { events: [{ ...right, data: 1 }], retries: [5] }, 'data'],
    ['makes up a name', { events: [{ ...right, event: 'x' }], retries: [5] }, 'name'],
    ['loses an ID', { events: [{ ...right, id: '' }], retries: [5] }, 'id'],
    ['loses a retry', { events: [right], retries: [] }, 'retry'],
    [
      'hands on what is unfinished',
      { events: [right, { event: 'e', data: 'b', id: '1' }], retries: [5] },
      'unfinished',
    ],
    [
      'hands on what is unfinished, and wrong',
      { events: [right, { event: 'e', data: 'c', id: '1' }], retries: [5] },
      'number of events',
    ],
  ])('%s', (_, found, fault) => {
    expect(compare(peer, vector, found)).toBe(fault)
  })

  test('is not judged by what it does not show', () => {
    const silent: ParserPeer = { ...peer, shows: {} }
    expect(compare(silent, vector, { events: [{ data: 'a' }] })).toBe(undefined)
  })

  test('of JSON is judged by the value', () => {
    const json: ParserPeer = { ...peer, shows: { json: true } }
    const events = ['{ "a": 1 }', 'no JSON', '[DONE]'].map((data) => ({
      ...vector.events[0]!,
      data,
    }))
    expect(
      compare(json, { ...vector, events }, { events: [{ data: '{"a":1}' }, { data: 'no JSON' }] }),
    ).toBe(undefined)
  })

  test('that hangs, throws or is wrong at one cut alone is found out', async () => {
    const at = (chunks: readonly Uint8Array[], length: number): boolean =>
      chunks[0]?.length === length
    const ours = peers['@tesserae/parser']
    const fragile: ParserPeer = {
      ...ours,
      use(its, chunks) {
        if (at(chunks, 5)) throw new Error('cut at 5')
        return ours.use(its, at(chunks, 7) ? chunks.slice(1) : chunks)
      },
    }
    const { whole, wrong } = await runPeer(fragile)
    expect(whole).toBeGreaterThan(110)
    expect(Object.values(wrong)).toContainEqual({ in: 'cut at 5', fault: 'throws' })
    expect(Object.values(wrong).map(({ fault }) => fault)).toContain('throws')
  })
})

test('each vector has a topic', () => {
  const topics = Map.groupBy(vectors, ({ name }) => topicOf(name))
  expect(topics.get('byte order mark')?.map(({ name }) => name)).toContain('wpt:format-bom-2')
  expect([...topics.keys()].toSorted()).toEqual([
    'IDs',
    'UTF-8',
    'byte order mark',
    'comments',
    'data',
    'end of stream',
    'line ends',
    'names',
    'retry',
    'unknown fields',
  ])
})
