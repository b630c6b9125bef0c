/** The interface of resumable-stream 2, so that changing the import is the whole migration. */

/** A client of `ioredis`. */
export interface IoredisLike {
  defineCommand: unknown
  call(command: string, ...args: string[]): Promise<unknown>
  subscribe(...channels: string[]): Promise<unknown>
  unsubscribe(...channels: string[]): Promise<unknown>
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
}

/** A client that listens to channels, such as one of `redis`. */
export interface Subscriber {
  connect(): Promise<unknown>
  subscribe(channel: string, callback: (message: string) => void): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
}

/** A client that writes, such as one of `redis`. */
export interface Publisher {
  connect(): Promise<unknown>
  publish(channel: string, message: string): Promise<unknown>
  set(key: string, value: string, options?: { EX?: number }): Promise<unknown>
  get(key: string): Promise<string | number | null>
  incr(key: string): Promise<number>
}

/** Options of `createResumableStreamContext`. */
export interface CreateResumableStreamContextOptions {
  /** In front of every key. Default: `resumable-stream`. */
  keyPrefix?: string
  /** Receives a promise that must settle before the platform may suspend the function. `null` where that never happens. */
  waitUntil: ((promise: Promise<unknown>) => void) | null
  /** Default: a client for the address in `REDIS_URL` or `KV_URL`. Clients that are passed in must be connected. */
  subscriber?: Subscriber | IoredisLike
  /** Default: a client for the address in `REDIS_URL` or `KV_URL`. Clients that are passed in must be connected. */
  publisher?: Publisher | IoredisLike
  /** Accepted and not used: readers look at the log, which has its end. */
  doneWatchdogIntervalMs?: number
  /** Not in resumable-stream: whether a finished stream is read again instead of answered with `null`. Default: false. */
  replayDone?: boolean
  /** Not in resumable-stream: called with every error that no caller receives. */
  onError?: (error: unknown) => void
}

/** What `createResumableStreamContext` returns. */
export interface ResumableStreamContext {
  /** Starts the stream, or joins it if it exists. `null` if it is done. `skipCharacters` counts UTF-16 units of its text. */
  resumableStream(
    streamId: string,
    makeStream: () => ReadableStream<string>,
    skipCharacters?: number,
  ): Promise<ReadableStream<string> | null>
  /** Starts the stream, in place of a finished one with this id. Joins it if it is live. */
  createNewResumableStream(
    streamId: string,
    makeStream: () => ReadableStream<string>,
    skipCharacters?: number,
  ): Promise<ReadableStream<string> | null>
  /** Joins the stream. `null` if it is done, `undefined` if there is none. */
  resumeExistingStream(
    streamId: string,
    skipCharacters?: number,
  ): Promise<ReadableStream<string> | null | undefined>
  /** `null` if there is no stream, `true` if it is live, `'DONE'` if it is done. */
  hasExistingStream(streamId: string): Promise<null | true | 'DONE'>
  /** Not in resumable-stream: ends the stream for good, and cancels its source. */
  stop(streamId: string): Promise<void>
}
