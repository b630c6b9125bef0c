/** An event, from any parser. */
export interface EventLike {
  readonly event?: string | undefined
  readonly data: string
}

/**
 * Where chunks can come from: a response, bytes, events or chunks, as a `ReadableStream` or as anything that can be
 * iterated. Which of them it is shows with the first item.
 */
export type ChunkSource =
  | Response
  | ReadableStream<Uint8Array>
  | ReadableStream<EventLike>
  | ReadableStream<object>
  | AsyncIterable<Uint8Array | EventLike | object>
  | Iterable<Uint8Array | EventLike | object>

/** What an iterator gives. */
export interface Item {
  readonly done?: boolean | undefined
  readonly value?: unknown
}

/** One face for all of them. */
export interface Pull {
  /** The next item. Rejects when the signal is aborted, also while nothing comes. */
  next(): Item | Promise<Item>
  /** Tells the source that no more is wanted, and does not wait for it. */
  cancel(): void
  /** Lets go of a source that has ended. */
  release(): void
}

/** What is no source is said to be none, and not taken for a connection that failed. */
export function assertSource(source: unknown): void {
  const isSource =
    typeof source === 'object' &&
    source !== null &&
    !ArrayBuffer.isView(source) &&
    ['ok', 'getReader', Symbol.asyncIterator, Symbol.iterator].some((name) => name in source)
  if (isSource) return
  const kind = Object.prototype.toString.call(source).slice(8, -1)
  const advice = kind === 'Promise' ? 'await it first' : 'put one chunk in an array'
  throw new TypeError(
    `The source has to be a Response, bytes, events or chunks, not ${kind}: ${advice}.`,
  )
}

export function pullFrom(source: Exclude<ChunkSource, Response>, signal?: AbortSignal): Pull {
  const pull = 'getReader' in source ? ofStream(source) : ofIterable(source)
  return signal ? withSignal(pull, signal) : pull
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

function withSignal(pull: Pull, signal: AbortSignal): Pull {
  // Of the call that waits. A promise for the signal, raced with each call, would remember all of them.
  let interrupt: (reason: unknown) => void = ignore
  const abort = (): void => interrupt(signal.reason)
  signal.addEventListener('abort', abort)
  return {
    next: () =>
      new Promise((resolve, reject) => {
        interrupt = reject
        if (signal.aborted) abort()
        else Promise.resolve(pull.next()).then(resolve, reject)
      }),
    cancel() {
      signal.removeEventListener('abort', abort)
      pull.cancel()
    },
    release() {
      signal.removeEventListener('abort', abort)
      pull.release()
    },
  }
}

function ignore(): void {}
