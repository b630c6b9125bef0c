import { badSource } from './errors.ts'
import type { SseEventInit } from '@tesserae/encoder'
import type { RunSequence, RunSource } from './types.ts'

export type EventIterator = Iterator<SseEventInit> | AsyncIterator<SseEventInit>

/** @throws {@link ResumeError} with the code `bad-source` */
export function iteratorOf(sequence: RunSequence): EventIterator {
  const parts = Object(sequence) as AsyncIterable<SseEventInit> &
    Iterable<SseEventInit> &
    ReadableStream<SseEventInit>
  if (typeof sequence !== 'string') {
    if (parts[Symbol.asyncIterator]) return parts[Symbol.asyncIterator]()
    if (parts[Symbol.iterator]) return parts[Symbol.iterator]()
    if (typeof parts.getReader === 'function') return iteratorOfStream(parts)
  }
  throw badSource()
}

/** For runtimes whose `ReadableStream` is not iterable: Safari before 26.4. */
function iteratorOfStream(stream: ReadableStream<SseEventInit>): EventIterator {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<SseEventInit>>,
    async return() {
      await reader.cancel()
      return { done: true, value: undefined }
    },
  }
}

/** @throws {@link ResumeError} with the code `bad-source` */
export function checkSource(source: RunSource): void {
  const {
    [Symbol.asyncIterator]: asynchronous,
    [Symbol.iterator]: synchronous,
    getReader,
  } = Object(source) as AsyncIterable<unknown> & Iterable<unknown> & ReadableStream
  const isSource = typeof source === 'function' || asynchronous || synchronous || getReader
  if (!isSource || typeof source === 'string') throw badSource()
}

/** Lets go of a source that is not used, so that a request under a `ReadableStream` does not stay open. */
export async function discard(source: RunSource): Promise<void> {
  if (typeof source !== 'function') await iteratorOf(source).return?.()
}
