import { assertBytes, kindOf, notASource, sourceUsed } from './errors.ts'

/** Whatever bytes can be pulled from. */
export type ByteSource =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>

/** The one interface for all sources. */
export interface ByteReader {
  /** The next chunk; `undefined` at the end. */
  read(): Promise<Uint8Array | undefined>
  /** Tells the source that no more is wanted. Does not wait for it: one that is stuck would hold up the caller. */
  cancel(reason?: unknown): void
  /** Lets go of a source that has ended. */
  release(): void
}

/** Rejects a wrong source at once, and not at the first read. */
export function assertSource(source: unknown): void {
  if (source === null) return
  const readable =
    typeof source === 'object' &&
    !ArrayBuffer.isView(source) &&
    ['ok', 'getReader', Symbol.asyncIterator, Symbol.iterator].some((name) => name in source)
  if (readable) return
  const kind = kindOf(source)
  const advice =
    kind === 'Promise'
      ? 'await it first'
      : 'put one chunk in an array, and encode text with `TextEncoder`'
  throw notASource(kind, advice)
}

/** Streams are read by a reader and not iterated: WebKit has no async iterator on them. */
export function readerOf(source: ByteSource): ByteReader {
  if ('getReader' in source) return streamReader(source)
  return iterableReader(source)
}

/** Whether the source loses what was not read from it when it fails, as streams do. Others may lend one buffer for all chunks. */
export function losesUnread(source: ByteSource): boolean {
  return 'getReader' in source || 'destroy' in source
}

/** Refuses a source that has nothing to give because it was read before. */
export function assertUnread(source: object): void {
  const { bodyUsed, readableEnded, destroyed } = source as {
    bodyUsed?: boolean
    readableEnded?: boolean
    destroyed?: boolean
  }
  if (bodyUsed || readableEnded || destroyed) throw sourceUsed()
}

function streamReader(stream: ReadableStream<Uint8Array>): ByteReader {
  const reader = stream.getReader()
  return {
    read: async () => chunkOf(await reader.read()),
    cancel: (reason) => void reader.cancel(reason).then(() => reader.releaseLock(), ignore),
    release: () => reader.releaseLock(),
  }
}

function iterableReader(
  source: (AsyncIterable<Uint8Array> | Iterable<Uint8Array>) & { destroy?: () => void },
): ByteReader {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  return {
    read: async () => chunkOf(await iterator.next()),
    cancel() {
      // A generator that waits does not hear `return()`. Node's streams are such, and can be destroyed.
      source.destroy?.()
      void (async () => iterator.return?.())().catch(ignore)
    },
    release: ignore,
  }
}

/** A chunk that is `undefined` must not pass for the end. */
function chunkOf({ done, value }: IteratorResult<unknown>): Uint8Array | undefined {
  if (done) return undefined
  assertBytes(value)
  return value
}

function ignore(): void {}
