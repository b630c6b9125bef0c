import type { ReferenceResult } from '../types.ts'

/** What a sender says: the fields of one event, named as they are on the wire. */
export interface GeneratedEvent {
  readonly event?: string | undefined
  readonly data: string
  readonly id?: string | undefined
  readonly retry?: number | undefined
}

/** A stream with what it means, known from how it was made. */
export interface SseStream extends ReferenceResult {
  /** The whole stream. */
  readonly bytes: Uint8Array
}

/** Options of `sseStream`. */
export interface SseStreamOptions {
  /** How many blocks at most. Default: 6. */
  readonly maxBlocks?: number | undefined
  /** Whether the stream may end in the middle of a block. Default: `true`. */
  readonly unfinished?: boolean | undefined
  /** Whether there may be malformed UTF-8 in it. Default: `true`. */
  readonly malformed?: boolean | undefined
}

/** Bytes in the chunks they may arrive in. */
export interface BytesAndCuts {
  readonly bytes: Uint8Array
  /** The bytes, cut at random, some chunks empty. */
  readonly chunks: Uint8Array[]
}
