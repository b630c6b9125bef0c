import { accumulate, ModelStreamError, type Accumulated } from '@tesserae/openai'
import { referenceParse } from '@tesserae/testkit'
import { loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf, headOf, piecesOf } from '@tesserae/testkit/transcript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Playground, startPlayground } from '../server/start.ts'
import { ask, HELLO, post, textOf } from './asking.ts'

let playground: Playground
beforeAll(async () => {
  playground = await startPlayground({ port: 0 })
})
afterAll(() => playground.close())

const STORY = 'replay/llama-server/story'
const WHOLE = loadRecording('llama-server/story').meaning?.choices?.[0]?.content ?? ''
const speed = 'max'

async function read(model: string, options: object, signal?: AbortSignal): Promise<Accumulated> {
  const body = { model, messages: HELLO, stream: true, playground: { speed, ...options } }
  const response = await post(`${playground.url}/v1/chat/completions`, body, signal)
  return accumulate(response, { incomplete: 'return', signal })
}

/** `incomplete: 'return'` also returns when the server answers with something other than a stream. */
async function failureOf(model: string, options: object): Promise<ModelStreamError> {
  const { failure, verdict } = await read(model, options)
  if (!(failure instanceof ModelStreamError)) throw new Error('The answer should not be a stream.')
  expect(verdict.complete).toBe(false)
  return failure
}

function contentOf({ message }: Accumulated): string {
  return message.choices[0]?.message.content ?? ''
}

// A recording goes out as bytes, what is made here as events: each fault has to befall both.
describe.each([
  ['a recording', STORY, WHOLE],
  ['a text', 'echo', 'Hello'],
])('of %s', (_, model, whole) => {
  const isLong = model === STORY

  test.each([
    ['drop', 'interrupted', 'error'],
    ['truncate', 'incomplete', 'no-end'],
    ['error', 'server-error', 'error'],
  ])('%s: %s, and what came is kept', async (fault, code, reason) => {
    const result = await read(model, { fault })
    expect(result.failure?.code).toBe(code)
    expect(result.verdict).toMatchObject({ complete: false, reason })
    expect(whole.startsWith(contentOf(result))).toBe(true)
    expect(contentOf(result)).not.toBe(whole)
    if (isLong) expect(contentOf(result).length).toBeGreaterThan(whole.length / 3)
    expect(result.failure?.partial).toEqual(result.message)
  })

  test.each(['drop', 'truncate'])('%s is in the middle of an event', async (fault) => {
    const playing = { speed, fault, at: 0.6 }
    const played = await ask(playground.url, { model, playground: playing })
    expect(played.response.end.how).toBe(fault === 'drop' ? 'cut' : 'complete')
    expect(headOf(played)?.status).toBe(200)
    const { pending, events } = referenceParse(bodyOf(played))
    expect(pending?.bytes).toBeGreaterThan(0)
    expect(events.length).toBeGreaterThan(0)
  })

  test('the fault is where it is asked to be', async () => {
    const lengths = []
    for (const at of [0, 0.25, 0.5, 0.75, 1]) {
      const played = await ask(playground.url, {
        model,
        playground: { speed, fault: 'truncate', at },
      })
      lengths.push(bodyOf(played).length)
    }
    const size = bodyOf(await ask(playground.url, { model, playground: { speed } })).length
    expect([...lengths].sort((one, other) => one - other)).toEqual(lengths)
    expect(lengths[0]).toBeLessThan(size / 4)
    expect(lengths.at(-1)).toBeGreaterThan(size * 0.8)
    expect(lengths.at(-1)).toBeLessThan(size)
  })

  test('an error in the place of the first event, and of the last', async () => {
    const first = await ask(playground.url, { model, playground: { speed, fault: 'error', at: 0 } })
    expect(textOf(first)).toMatch(/^data: {"error":[^\n]+\n\n$/)
    const last = await ask(playground.url, { model, playground: { speed, fault: 'error', at: 1 } })
    expect(textOf(last)).toMatch(/\n\ndata: {"error":[^\n]+\n\n$/)
    expect(textOf(last)).not.toContain('[DONE]')
  })

  test('stall: the rest comes later, and is whole', async () => {
    const begin = performance.now()
    const result = await read(model, { fault: 'stall', stallMs: 300 })
    expect(performance.now() - begin).toBeGreaterThan(295)
    expect(contentOf(result)).toBe(whole)
    expect(result.failure).toBeUndefined()
  })

  test(
    'a stall comes between two events, and half of the stream before it',
    { retry: 3 },
    async () => {
      const playing = { speed, fault: 'stall', stallMs: 0 }
      const patience = AbortSignal.timeout(400)
      const result = await read(model, playing, patience)
      expect(result.failure?.code).toBe('aborted')
      expect(whole.startsWith(contentOf(result))).toBe(true)
      if (isLong) expect(contentOf(result).length).toBeGreaterThan(whole.length / 3)
      expect(contentOf(result)).not.toBe(isLong ? whole : undefined)
    },
  )

  test('slow start: the head is late, the rest is not', async () => {
    const playing = { speed, fault: 'slow-start', delayMs: 300 }
    const played = await ask(playground.url, { model, playground: playing })
    const [first] = played.response.reads
    expect(first?.at).toBeGreaterThan(295)
    expect(textOf(played)).toContain('[DONE]')
  })

  test('html: a page where a stream was asked for', async () => {
    const error = await failureOf(model, { fault: 'html' })
    expect(error.code).toBe('bad-response')
    expect(error.status).toBe(200)
    expect(error.data).toContain('<!doctype html>')
  })

  test('status: 503, with an error', async () => {
    const error = await failureOf(model, { fault: 'status' })
    expect(error.code).toBe('server-error')
    expect(error.status).toBe(503)
    expect(error.error?.code).toBe('overloaded')
  })

  test('faults and cuts go together', async () => {
    for (const cuts of ['event', 'byte', 'random', 'hostile'])
      for (const [fault, code] of [
        ['drop', 'interrupted'],
        ['truncate', 'incomplete'],
        ['error', 'server-error'],
      ]) {
        const result = await read(model, { fault, cuts })
        expect(result.failure?.code, `${cuts}, ${fault}`).toBe(code)
        const uncut = await read(model, { fault })
        expect(contentOf(result)).toBe(contentOf(uncut))
      }
  })
})

test('a stall does not move with the cuts', { retry: 3 }, async () => {
  for (const cuts of ['recorded', 'byte']) {
    const playing = { speed, cuts, fault: 'stall', at: 0.5, stallMs: 300 }
    const played = await ask(playground.url, { model: STORY, playground: playing })
    const pieces = piecesOf(played)
    const gaps = pieces.map(({ at }, index) => at - (pieces[index - 1]?.at ?? at))
    const after = gaps.indexOf(Math.max(...gaps))
    expect(gaps[after]).toBeGreaterThan(250)
    const before = pieces.slice(0, after).reduce((sum, { bytes }) => sum + bytes.length, 0)
    const { pending } = referenceParse(bodyOf(played).subarray(0, before))
    expect(pending).toBeUndefined()
    expect(Math.abs(before / bodyOf(played).length - 0.5)).toBeLessThan(0.05)
  }
})

test('a recording that was cut can be ended in order, and the other way round', async () => {
  const killed = 'replay/llama-server/server-killed'
  const truncated = { speed, fault: 'truncate', at: 1 }
  const { response } = await ask(playground.url, { model: killed, playground: truncated })
  expect(response.end.how).toBe('complete')
})

test.each([
  ['aimock/anthropic-hello', /\nevent: error\ndata: {"type":"error","error":/],
  ['aimock/responses-hello', /\nevent: error\ndata: {"type":"error","code":/],
  ['aimock/gemini-hello', /^data: {"error":{"code":503/m],
  ['seeds/crucible', /^data: {"error":{"message":/m],
])('%s fails in the words of its API', async (id, pattern) => {
  const playing = { speed, fault: 'error' }
  const played = await ask(playground.url, { model: `replay/${id}`, playground: playing })
  expect(textOf(played)).toMatch(pattern)
})
