import { referenceParse } from '@tesserae/testkit'
import { listRecordings, listSeeds, loadRecording, loadSeed } from '@tesserae/testkit/recordings'
import { bodyOf, headOf, piecesOf, type Transcript } from '@tesserae/testkit/transcript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blockEnds, cutPositions } from '../server/cut-positions.ts'
import { CUTS } from '../server/play-options.ts'
import type { Scene } from '../server/scenes.ts'
import { type Playground, startPlayground } from '../server/start.ts'
import { ask, writesOf } from './asking.ts'

let playground: Playground
let scenes: Scene[]
beforeAll(async () => {
  playground = await startPlayground({ port: 0 })
  const response = await fetch(`${playground.url}/playground/scenes`)
  scenes = ((await response.json()) as { scenes: Scene[] }).scenes
})
afterAll(() => playground.close())

function originalOf(id: string): Transcript {
  return id.startsWith('seeds/') ? loadSeed(id.slice(6)) : loadRecording(id)
}

describe('scenes', () => {
  test('begin with the chosen ones, and name every recorded stream of events', () => {
    expect(scenes.slice(0, 13).map(({ id }) => id)).toEqual([
      'tesserae',
      'llama-server/unicode',
      'llama-server/reasoning',
      'llama-server/tools-parallel',
      'llama-server/plain-usage',
      'llama-server/logprobs',
      'llama-server-random-weights/server-killed-mid-stream',
      'seeds/cryptgpt-error',
      'cryptgpt',
      'yuhuan',
      'sovereign',
      'solidrust',
      'crucible',
    ])
    expect(new Set(scenes.map(({ id }) => id)).size).toBe(scenes.length)
    const streams = listRecordings().filter((id) => {
      const text = new TextDecoder().decode(bodyOf(loadRecording(id)))
      return /^\s*(data|event|id|retry)?:/.test(text)
    })
    const ids = [...streams, ...listSeeds().map((name) => `seeds/${name}`)]
    expect(
      scenes
        .map(({ id }) => id)
        .filter((id) => id.includes('/'))
        .sort(),
    ).toEqual(ids.sort())
    const keys = ['id', 'title', 'from', 'dialect', 'note', 'bytes', 'isTimed', 'path', 'body']
    for (const scene of scenes) expect(Object.keys(scene)).toEqual(keys)
  })

  test('each plays when its body is sent to its path, in as many bytes as it says', async () => {
    for (const { id, path, body, bytes } of scenes) {
      const played = await ask(playground.url, { ...body, playground: { speed: 'max' } }, path)
      expect(headOf(played)?.status, id).toBe(200)
      expect(bodyOf(played).length, id).toBe(bytes)
    }
  })
})

describe('a replay', () => {
  const ids = [
    'llama-server/unicode',
    'encoders/sse-starlette',
    'nchan/backlog-and-pings',
    'aimock/responses-think',
    'llama-server-random-weights/server-killed-mid-stream',
    'seeds/cryptgpt',
  ]
  test.each(ids)('%s is exact however it is cut, and cut where asked', async (id) => {
    const original = originalOf(id)
    const bytes = bodyOf(original)
    const ends = blockEnds(bytes)
    const isPrinted = original.response.source === 'document'
    let sum = 0
    const pieceEnds = isPrinted
      ? ends
      : piecesOf(original).map((piece) => (sum += piece.bytes.length))
    for (const cuts of CUTS) {
      const playing = { speed: 'max', cuts, seed: 3 }
      const played = await ask(playground.url, { model: `replay/${id}`, playground: playing })
      expect(Buffer.from(bodyOf(played)).equals(bytes), cuts).toBe(true)
      const positions = [...cutPositions({ bytes, blockEnds: ends, pieceEnds }, cuts, 3)]
      const expected = [...new Set([...positions, bytes.length])].map(
        (end, index, all) => end - (all[index - 1] ?? 0),
      )
      expect(writesOf(played), cuts).toEqual(expected)
    }
  })

  test('in single bytes does not arrive in a few reads, though nothing is waited for', async () => {
    const playing = { speed: 'max', cuts: 'byte' }
    const played = await ask(playground.url, {
      model: 'replay/llama-server/plain',
      playground: playing,
    })
    // Written in one turn of the event loop they would be one packet. The client may still find some together.
    expect(piecesOf(played).length).toBeGreaterThan(100)
  })

  test('ends as it was recorded: whole, or cut', async () => {
    for (const [id, how] of [
      ['llama-server/plain', 'complete'],
      ['llama-server/server-killed', 'cut'],
      ['llama-server/abort-by-client', 'cut'],
      ['seeds/solidrust', 'complete'],
    ]) {
      const playing = { speed: 'max' }
      const { response } = await ask(playground.url, { model: `replay/${id}`, playground: playing })
      expect(response.end.how, id).toBe(how)
    }
  })

  test('takes as long as it was recorded, and no piece comes early', async () => {
    const id = 'transformers-serve-tools/text-then-tool'
    const original = loadRecording(id)
    const played = await ask(playground.url, { model: `replay/${id}` })
    const recorded = piecesOf(original)
    const replayed = piecesOf(played, { by: 'chunk' })
    expect(replayed.map(({ bytes }) => bytes.length)).toEqual(
      recorded.map(({ bytes }) => bytes.length),
    )
    // A timer may fire a millisecond before its time, as both clocks are read.
    for (const [index, { at }] of replayed.entries())
      expect(at).toBeGreaterThan((recorded[index]?.at ?? 0) - 3)
  })

  test('at so many events a second, however it is cut', async () => {
    const id = 'llama-server/plain-usage'
    const count = referenceParse(bodyOf(loadRecording(id))).events.length
    for (const cuts of ['recorded', 'hostile']) {
      const playing = { speed: 100, cuts }
      const played = await ask(playground.url, { model: `replay/${id}`, playground: playing })
      expect(played.response.end.at).toBeGreaterThan((count - 1) * 10 - 3)
    }
  })

  test('says what kind of stream it is as it was recorded', async () => {
    const played = await ask(playground.url, {
      model: 'replay/encoders/sse-starlette',
      playground: { speed: 'max' },
    })
    const type = headOf(played)?.headers.find(([name]) => name === 'content-type')?.[1]
    expect(type).toBe('text/event-stream; charset=utf-8')
  })
})
