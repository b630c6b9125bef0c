import type { StreamClosed } from './errors.ts'
import type { HeaderFields } from './types.ts'

/** All that a platform has to do for a stream. */
export interface Transport {
  /** Throws if it cannot be opened, or not with these fields. */
  prepare(headers: HeaderFields | undefined): void
  /** Makes the head ready. Bytes follow within the turn. */
  open(): void
  /**
   * Takes bytes, which others may hold as well if they are `shared`. False: it holds as many as it should, and will
   * call `ready` of the stream.
   */
  write(bytes: Uint8Array<ArrayBuffer>, shared?: boolean): boolean
  /** Delivers what it has taken, and ends the response. `gone` of the stream tells when that is done. */
  end(): void
  /** Drops the client, and what it has not read. */
  destroy(end: StreamClosed): void
  /** Nothing was sent: answers with a status, and no body. */
  answer(status: number): void
  /** Nothing was sent: makes the platform's error of it. */
  reject(error: unknown): void
}
