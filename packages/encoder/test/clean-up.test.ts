import { eventStream, type StreamSource } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

/** Waits for a message that never comes, until the signal aborts. */
const message = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('a source that waits when the client goes', () => {
  const sources: Record<string, (cleanUp: () => void) => StreamSource> = {
    'an async generator function that uses the signal': (cleanUp) =>
      async function* ({ signal }) {
        try {
          yield { data: 'a' }
          await message(signal)
        } finally {
          cleanUp()
        }
      },
    'a function that uses the signal':
      (cleanUp) =>
      async ({ send, signal }) => {
        try {
          await send({ data: 'a' })
          await message(signal)
        } finally {
          cleanUp()
        }
      },
    'an object with open() that uses the signal': (cleanUp) => ({
      open: ({ signal }) =>
        (async function* () {
          try {
            yield { data: 'a' }
            await message(signal)
          } finally {
            cleanUp()
          }
        })(),
    }),
    'a ReadableStream': (cleanUp) =>
      new ReadableStream({
        start: (controller) => controller.enqueue({ data: 'a' }),
        cancel: cleanUp,
      }),
    'a function that returns a ReadableStream': (cleanUp) => () =>
      new ReadableStream({
        start: (controller) => controller.enqueue({ data: 'a' }),
        cancel: cleanUp,
      }),
  }
  for (const [name, sourceOf] of Object.entries(sources))
    it(`is cleaned up: ${name}`, async () => {
      let cleaned = 0
      const errors: unknown[] = []
      for (let i = 0; i < 100; i++) {
        const response = await eventStream(
          sourceOf(() => void cleaned++),
          { onError: (error) => void errors.push(error) },
        )
        const reader = response.body!.getReader()
        await reader.read()
        await reader.cancel()
      }
      await sleep(10)
      expect(cleaned).toBe(100)
      expect(errors).toEqual([])
    })
})

describe('a generator that ends its stream itself', () => {
  const kinds: Record<string, (cleanUp: () => void, end: () => void) => StreamSource> = {
    'that is synchronous': (cleanUp, end) =>
      function* () {
        try {
          yield { data: 'a' }
          end()
          yield { data: 'b' }
        } finally {
          cleanUp()
        }
      },
    'that is asynchronous': (cleanUp, end) =>
      async function* () {
        try {
          yield { data: 'a' }
          end()
          yield { data: 'b' }
        } finally {
          cleanUp()
        }
      },
  }
  for (const [name, sourceOf] of Object.entries(kinds))
    it(`is cleaned up, and no error is reported: ${name}`, async () => {
      let cleaned = 0
      const errors: unknown[] = []
      const shutdown = new AbortController()
      const source = sourceOf(
        () => void cleaned++,
        () => shutdown.abort(),
      )
      const response = await eventStream(source, {
        signal: shutdown.signal,
        onError: (error) => void errors.push(error),
      })
      expect(await response.text()).toBe('data: a\n\n')
      await sleep(10)
      expect(errors).toEqual([])
      expect(cleaned).toBe(1)
    })
})
