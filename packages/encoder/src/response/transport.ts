import type { StreamClosed } from '../errors.ts'
import type { HeaderFields } from '../types.ts'

/** Where bytes go. */
export interface Sink {
  /**
   * Takes a chunk, which other streams may hold too if they are `shared`. Returns false if the sink is full; the owner
   * of the outbox is then told when there is room again.
   */
  write(chunk: Chunk, shared: boolean): boolean
}

/** Bytes; or text, for a transport that has `lengthOf`. */
export type Chunk = Uint8Array<ArrayBuffer> | string

/** What a platform does for one response. */
export interface Transport extends Sink {
  /** How many bytes a text is, on a platform that encodes text faster than `TextEncoder`. */
  readonly lengthOf?: (text: string) => number
  /**
   * Checks the header fields, and reports the connection from then on. Throws if the response cannot be opened with the
   * fields.
   */
  connect(reported: Reported, headers: HeaderFields | undefined): void
  /** Sends the head. Without an `answer`, the status is 200 and bytes follow in the same turn; with one, `end` follows. */
  open(answer: Answer | undefined): void
  /** Ends the response after the bytes it has taken. `delivered` or `gone` follows. */
  end(): void
  /** Drops the client, and what it has not read. */
  destroy(end: StreamClosed): void
}

/** What a transport reports of its connection. */
export interface Reported {
  /** There is room again. */
  ready(): void
  /** The client has everything. */
  delivered(): void
  /** The connection is closed. */
  gone(): void
}

/** A response that is not a stream. */
export interface Answer {
  readonly status: number
  /** The body. Without it, the response is a head alone. */
  readonly text?: string | undefined
  /** In seconds. */
  readonly retryAfter?: number | undefined
}
