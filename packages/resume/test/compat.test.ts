import {
  createResumableStreamContext,
  type CreateResumableStreamContextOptions,
  type Publisher,
  type ResumableStreamContext,
  resumeStream,
  type Subscriber,
} from '@tesserae/resume/compat/generic'
import { describe, expect, test } from 'vitest'

/** In seconds. */
const DAY = 86_400

/** The least that the generic entry asks of its clients. `pass` lets seconds pass, and keys expire. */
function clients(): {
  publisher: Publisher
  subscriber: Subscriber
  pass: (seconds: number) => void
} {
  const values = new Map<string, string>()
  const expiries = new Map<string, number>()
  let now = 0
  const listeners = new Map<string, (message: string) => void>()
  const publisher: Publisher = {
    connect: async () => {},
    get: async (key) => values.get(key) ?? null,
    async set(key, value, { EX = Infinity } = {}) {
      values.set(key, value)
      expiries.set(key, now + EX)
    },
    async incr(key) {
      const next = Number(values.get(key) ?? 0) + 1
      values.set(key, `${next}`)
      return next
    },
    publish: async (channel, message) => listeners.get(channel)?.(message),
  }
  const subscriber: Subscriber = {
    connect: async () => {},
    subscribe: async (channel, listener) => void listeners.set(channel, listener),
    unsubscribe: async (channel) => listeners.delete(channel),
  }
  const pass = (seconds: number): void => {
    now += seconds
    for (const [key, at] of expiries) if (at <= now) values.delete(key)
  }
  return { publisher, subscriber, pass }
}

function contextOver(
  own: { publisher: Publisher; subscriber: Subscriber },
  options: Partial<CreateResumableStreamContextOptions> = {},
): ResumableStreamContext {
  return createResumableStreamContext({ waitUntil: null, ...own, ...options })
}

/** A stream whose chunks are written by hand. */
function byHand(): {
  make: () => ReadableStream<string>
  controller: () => ReadableStreamDefaultController<string>
  cancelled: () => unknown
} {
  let controller!: ReadableStreamDefaultController<string>
  let cancelled: unknown = 'no'
  const stream = new ReadableStream<string>({
    start: (its) => void (controller = its),
    cancel: (reason) => void (cancelled = reason),
  })
  return { make: () => stream, controller: () => controller, cancelled: () => cancelled }
}

async function chunksOf(stream: ReadableStream<string> | null | undefined): Promise<string[]> {
  const chunks: string[] = []
  const reader = (stream as ReadableStream<string>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return chunks
    chunks.push(value)
  }
}

describe('the drop-in for resumable-stream', () => {
  test('every reader gets all chunks as they were, on another server too', async () => {
    const own = clients()
    const { make, controller } = byHand()
    const first = await contextOver(own).resumableStream('a', make)
    const other = contextOver(own)
    const second = await other.resumeExistingStream('a')
    const third = await other.resumableStream('a', () => {
      throw new Error('must not be called')
    })
    const chunks = ['a\r\nb', '', 'data: x\n\n', '😀', '\ud83d', '\0']
    for (const chunk of chunks) controller().enqueue(chunk)
    controller().close()
    // An empty chunk carries no text.
    const expected = chunks.filter((chunk) => chunk !== '')
    for (const stream of [first, second, third]) expect(await chunksOf(stream)).toEqual(expected)
    expect(await other.hasExistingStream('a')).toBe('DONE')
  })

  test('no stream is `undefined`, a live one a stream, a finished one `null`', async () => {
    const context = contextOver(clients())
    expect(await context.resumeExistingStream('a')).toBe(undefined)
    expect(await context.hasExistingStream('a')).toBe(null)
    const { make, controller } = byHand()
    const stream = await context.createNewResumableStream('a', make)
    expect(await context.hasExistingStream('a')).toBe(true)
    controller().close()
    await chunksOf(stream)
    expect(await context.resumeExistingStream('a')).toBe(null)
    expect(await context.resumableStream('a', make)).toBe(null)
    expect(await context.hasExistingStream('a')).toBe('DONE')
  })

  test('`skipCharacters` counts UTF-16 units of the whole text', async () => {
    const context = contextOver(clients(), { replayDone: true })
    const { make, controller } = byHand()
    await context.resumableStream('a', make)
    for (const chunk of ['ab', '😀c', 'def']) controller().enqueue(chunk)
    controller().close()
    const text = 'ab😀cdef'
    for (let skip = 0; skip <= text.length + 1; skip++)
      expect((await chunksOf(await resumeStream(context, 'a', skip))).join('')).toBe(
        text.slice(skip),
      )
  })

  test('createNewResumableStream() replaces a finished stream, and joins a live one', async () => {
    const context = contextOver(clients())
    const [old, next] = [byHand(), byHand()]
    const first = await context.createNewResumableStream('a', old.make)
    const joined = await context.createNewResumableStream('a', next.make)
    old.controller().enqueue('old')
    old.controller().close()
    expect(await chunksOf(first)).toEqual(['old'])
    expect(await chunksOf(joined)).toEqual(['old'])
    const second = await context.createNewResumableStream('a', next.make)
    next.controller().enqueue('new')
    next.controller().close()
    expect(await chunksOf(second)).toEqual(['new'])
  })

  test('a stream in place of a finished one is found by a server that starts an hour later', async () => {
    const own = clients()
    const context = contextOver(own)
    for (const text of ['old', 'new']) {
      const { make, controller } = byHand()
      const stream = await context.createNewResumableStream('a', make)
      controller().enqueue(text)
      controller().close()
      await chunksOf(stream)
    }
    own.pass(3600)
    const late = contextOver(own, { replayDone: true })
    expect(await chunksOf(await late.resumeExistingStream('a'))).toEqual(['new'])
  })

  test('a stream in place of one that has expired is not taken for removed where the removed one was', async () => {
    const own = clients()
    const errors: unknown[] = []
    const tell = async (text: string): Promise<string[]> => {
      const context = contextOver(own, { onError: (error) => errors.push(error) })
      const { make, controller, cancelled } = byHand()
      const stream = await context.createNewResumableStream('a', make)
      for (const chunk of text) {
        if (cancelled() === 'no') controller().enqueue(chunk)
        // Each chunk is an entry of its own.
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      if (cancelled() === 'no') controller().close()
      return chunksOf(stream)
    }
    await tell('abc')
    // The mark of its removal is written later than the counter of its entries.
    own.pass(300)
    await tell('def')
    own.pass(DAY)
    expect(await tell('ghijklmnop')).toEqual([...'ghijklmnop'])
    expect(errors).toEqual([])
  })

  test('a source that fails fails its readers, and `onError` is called', async () => {
    const errors: unknown[] = []
    const context = contextOver(clients(), { onError: (error) => errors.push(error) })
    const { make, controller } = byHand()
    const stream = await context.resumableStream('a', make)
    const fault = new Error('the model failed')
    controller().error(fault)
    await expect(chunksOf(stream)).rejects.toThrow('The stream broke off: error.')
    expect(errors).toEqual([fault])
  })

  test('stop() ends the stream and cancels its source', async () => {
    const context = contextOver(clients())
    const { make, controller, cancelled } = byHand()
    const stream = await context.resumableStream('a', make)
    controller().enqueue('x')
    await context.stop('a')
    expect(await chunksOf(stream)).toEqual(['x'])
    // Without another chunk, for which a model that thinks lets it wait.
    while (cancelled() === 'no') await new Promise((resolve) => setTimeout(resolve, 5))
  })

  test('`waitUntil` receives a promise that settles when the stream is done', async () => {
    const waits: Promise<unknown>[] = []
    const context = contextOver(clients(), { waitUntil: (promise) => waits.push(promise) })
    const { make, controller } = byHand()
    await context.resumableStream('a', make)
    controller().close()
    expect(waits.length).toBe(1)
    await waits[0]
  })

  test('missing clients are an error that says what to pass', () => {
    expect(() => createResumableStreamContext({ waitUntil: null })).toThrow('`publisher`')
  })
})
