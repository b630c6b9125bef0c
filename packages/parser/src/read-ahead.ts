import { Queue } from './queue.ts'
import type { ByteReader } from './source.ts'

/**
 * Keeps one read pending until `most` bytes wait. A stream that fails throws away what was not read from it, so without
 * this the end of an answer is lost if its consumer is slower than the network. A failure comes after the chunks before it.
 */
export function readAhead(reader: ByteReader, most: number): ByteReader {
  const waiting = new Queue<Uint8Array>()
  let bytes = 0
  let isReading = false
  let end: { readonly error?: unknown } | undefined
  let arrived = (): void => {}

  async function fill(): Promise<void> {
    if (isReading) return
    isReading = true
    try {
      while (end === undefined && bytes < most) {
        const chunk = await reader.read()
        if (chunk === undefined) end = {}
        else {
          waiting.push(chunk)
          bytes += chunk.length
        }
        arrived()
      }
    } catch (error) {
      end = { error }
      arrived()
    } finally {
      isReading = false
    }
  }

  return {
    async read() {
      for (;;) {
        const chunk = waiting.shift()
        if (chunk !== undefined) {
          bytes -= chunk.length
          void fill()
          return chunk
        }
        if (end !== undefined) {
          if ('error' in end) throw end.error
          return undefined
        }
        const arrival = new Promise<void>((resolve) => (arrived = resolve))
        void fill()
        await arrival
      }
    },
    cancel: (reason) => reader.cancel(reason),
    release: () => reader.release(),
  }
}
