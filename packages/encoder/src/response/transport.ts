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
  /** Checks the header fields. Throws if the response cannot be opened with them. */
  prepare(headers: HeaderFields | undefined): void
  /** Sends the head with status 200. Bytes follow in the same turn. */
  open(): void
  /** Ends the response after the bytes it has taken. The stream's `delivered` or `gone` follows. */
  end(): void
  /** Drops the client, and what it has not read. */
  destroy(end: StreamClosed): void
  /** Answers with a status and without a body. Nothing was sent before. */
  answer(status: number, retryAfter?: number): void
  /** Hands an error to the caller. Nothing was sent before. */
  reject(error: unknown): void
}
