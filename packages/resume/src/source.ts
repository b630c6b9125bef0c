import { badSource } from './errors.ts'
import type { SseEventInit } from '@tesserae/encoder'
import type { RunSequence, RunSource } from './types.ts'

export type EventIterator = Iterator<SseEventInit> | AsyncIterator<SseEventInit>

/** @throws {@link ResumeError} with the code `bad-source` */
export function iteratorOf(sequence: RunSequence): EventIterator {
  return openerOf(sequence)()
}

/** @throws {@link ResumeError} with the code `bad-source` */
export function checkSource(source: RunSource): void {
  if (typeof source !== 'function') openerOf(source)
}

/** Lets go of a source that is not used, so that a request under a `ReadableStream` does not stay open. */
export async function discard(source: RunSource): Promise<void> {
  if (typeof source !== 'function') await iteratorOf(source).return?.()
}

/** Does not touch the sequence yet. */
function openerOf(sequence: RunSequence): () => EventIterator {
  const parts = Object(sequence) as {
    readonly [Symbol.asyncIterator]?: () => EventIterator
    readonly [Symbol.iterator]?: () => EventIterator
    readonly getReader?: unknown
  }
  // The stream's own iterator waits for the next event before it cancels, and Safari before 26.4 has none.
  if (parts.getReader) return () => iteratorOfStream(sequence as ReadableStream<SseEventInit>)
  const iterate = parts[Symbol.asyncIterator] ?? parts[Symbol.iterator]
  // A string is an iterable of characters.
  if (iterate && typeof sequence !== 'string') return () => iterate.call(sequence)
  throw badSource()
}

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
