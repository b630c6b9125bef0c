import { notASource, restarted, wasRead } from '../errors.ts'

/** An event, from any parser. */
export interface EventLike {
  readonly event?: string | undefined
  readonly data: string
}

/**
 * Where chunks can come from: a response, bytes, events or chunks, as a `ReadableStream` or as any iterable. The items
 * decide which of them it is.
 */
export type ChunkSource =
  | Response
  | ReadableStream<Uint8Array>
  | ReadableStream<EventLike>
  | ReadableStream<object>
  | AsyncIterable<Uint8Array | EventLike | object>
  | Iterable<Uint8Array | EventLike | object>

/** The result of an iterator. */
export interface Item {
  readonly done?: boolean | undefined
  readonly value?: unknown
}

/** The one interface to every source. */
export interface Pull {
  /** The next item: a promise only if it is not there yet. */
  next(): Item | Promise<Item>
  /** Cancels the source, and does not wait for it. */
  cancel(): void
  /** Releases a source that has ended. */
  release(): void
}

/** Throws a `TypeError` for anything else, so that it does not look like a connection that failed. */
export function assertSource(source: unknown): void {
  const isSource =
    typeof source === 'object' &&
    source !== null &&
    !ArrayBuffer.isView(source) &&
    (Symbol.iterator in source ||
      Symbol.asyncIterator in source ||
      'ok' in source ||
      'getReader' in source)
  if (!isSource) throw notASource(source)
  assertUnread(source)
}

/** Throws a `TypeError` for a body that was read, or is being read. */
export function assertUnread(source: object): void {
  const { bodyUsed, body, locked } = source as Partial<Response> & Partial<ReadableStream>
  if (bodyUsed === true || (locked ?? body?.locked) === true) throw wasRead()
}

export function pullFrom(source: Exclude<ChunkSource, Response>): Pull {
  if ('getReader' in source) return ofStream(source)
  return 'restarts' in source ? ofConnection(source as Reconnecting) : ofIterable(source)
}

/** A connection of `@tesserae/client`, or one like it. */
interface Reconnecting extends AsyncIterable<unknown> {
  /** How many responses may have begun the message anew. */
  readonly restarts: number
  /** Whether the connection may request the message from its beginning again. */
  mayRestart?: boolean
}

/** Two halves of two answers are not a message: the second response ends the first. */
function ofConnection(source: Reconnecting): Pull {
  const { restarts } = source
  if ('mayRestart' in source) source.mayRestart = false
  const pull = ofIterable(source)
  return {
    ...pull,
    async next() {
      const item = await pull.next()
      if (source.restarts > restarts) throw restarted()
      return item
    },
  }
}

/** Streams are read by a reader and not iterated: WebKit has no async iterator on them. */
function ofStream(stream: ReadableStream<unknown>): Pull {
  const reader = stream.getReader()
  return {
    next: () => reader.read(),
    cancel: () => void reader.cancel().then(() => reader.releaseLock(), ignore),
    release: () => reader.releaseLock(),
  }
}

function ofIterable(source: AsyncIterable<unknown> | Iterable<unknown>): Pull {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  return {
    next: () => iterator.next(),
    cancel: () => void Promise.resolve(iterator.return?.()).catch(ignore),
    release: ignore,
  }
}

function ignore(): void {}
