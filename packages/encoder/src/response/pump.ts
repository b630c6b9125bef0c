import { badSource, type StreamClosed } from '../errors.ts'
import type { EventStream, OpenableSource, SseEventInit, StreamSource } from '../types.ts'

type EventIterator = Iterator<SseEventInit> | AsyncIterator<SseEventInit>

/** What a pump needs of a stream. */
export interface Pumped {
  /** Whether the stream takes no more events. */
  readonly isStopped: boolean
  /** Whether the source should wait for {@link room}. */
  readonly isFull: boolean
  /** Settles when there is room, or when there never will be. */
  room(): Promise<void>
  add(event: SseEventInit): void
  /** Lets the stream send its head without an event. */
  begin(): void
  /** The source is used up. A `send` after this is reported. */
  finish(): void
  fail(error: unknown): void
  report(error: unknown): void
  follow(follower: { onStop(end: StreamClosed): void }): void
}

/**
 * Feeds a stream from a source: calls a function, opens what can be opened, asks a sequence for one event after another
 * while there is room, and returns its iterator when the stream stops first. If the stream has stopped before it began,
 * a function is not called, and a sequence is only returned.
 */
export async function pump(
  stream: Pumped,
  source: StreamSource<never>,
  handle: EventStream<never>,
): Promise<void> {
  let iterator: EventIterator | undefined
  let isAsking = false
  let isCalling = false
  // Asynchronous, so that an error of the iterator ends up here.
  const onStop = async (): Promise<void> => {
    // A generator that runs cannot be returned.
    if (isCalling) return
    try {
      await iterator?.return?.()
    } catch (error) {
      stream.report(error)
    }
  }
  try {
    let made: unknown = source
    if (typeof source === 'function' || isOpenable(source)) {
      if (stream.isStopped) return
      if (typeof source === 'function') {
        made = source(handle)
        // It settles with the stream, so there is nothing to wait for: half a kilobyte less for a hub's client.
        if (made === handle.closed) return
        if (Object(made) !== made && !stream.isStopped) throw badSource(SOURCE_RETURNED)
      } else {
        made = await source.open(handle)
        stream.begin()
      }
    }
    const value = await made
    iterator = iteratorOf(value)
    if (iterator) stream.follow({ onStop })
    else if (typeof source !== 'function') throw badSource(SOURCE)
    // A function is awaited and read too if it can be.
    else if (typeof value === 'function' && value === made && !stream.isStopped)
      throw badSource(SOURCE_RETURNED)
    while (iterator && !stream.isStopped) {
      if (stream.isFull) {
        await stream.room()
        continue
      }
      isAsking = isCalling = true
      const next = iterator.next()
      isCalling = false
      if (stream.isStopped) void onStop()
      const step = 'then' in next ? await next : next
      isAsking = false
      if (step.done) iterator = undefined
      else if (!stream.isStopped) stream.add(step.value)
    }
    stream.finish()
  } catch (error) {
    // An iterator that throws is finished, and must not be returned.
    if (isAsking) iterator = undefined
    stream.fail(error)
  }
}

const SOURCE_READ = 'The source was read before.'
const SOURCE = 'The source must be iterable, a function, or an object with `open()`.'
export const SOURCE_RETURNED =
  'The source function returned before everything was sent. Return a promise, a sequence or `closed`, or use `openStream()`.'

export function isOpenable(source: unknown): source is OpenableSource {
  // A file stream of Node has a method of this name too. What can be read with or without a request may be iterable.
  return source instanceof Object && 'open' in source && !('pipe' in source)
}

/** Begins a sequence; nothing if the value is none. */
export function iteratorOf(value: unknown): EventIterator | undefined {
  const source = (value ?? 0) as Partial<
    AsyncIterable<SseEventInit> & Iterable<SseEventInit> & ReadableStream<SseEventInit>
  >
  if (!source.getReader) return source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]?.()
  // The stream's own iterator waits for the next chunk before it cancels; and Safari has none.
  if (source.locked) throw badSource(SOURCE_READ)
  const reader = source.getReader()
  return { next: () => reader.read(), return: () => reader.cancel() } as unknown as EventIterator
}
