import type { Outcome } from './parser-face.ts'

export interface SentEvent {
  readonly event: string
  readonly id: string
  readonly data: string
}

/** What an encoder of any make is asked for, an event at a time. */
export interface EncoderFace {
  /** Each event to a string, whose last character is read: V8 never flattens a string that is not read. */
  text(events: readonly SentEvent[]): Outcome
  /** Each event to bytes after the last one, in a buffer that begins anew when it is nearly full. */
  bytes(events: readonly SentEvent[], buffer: Uint8Array): Outcome
  /** All of it, for the comparison that comes before any clock is started. */
  collect(events: readonly SentEvent[]): string
}
