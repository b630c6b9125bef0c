import type { CustomRules } from '../accumulator/rules.ts'
import type { ChunkEvent } from '../split/chunk-event.ts'
import type { ErrorFrame } from '../types.ts'
import type { EventLike } from '../read/source.ts'

/**
 * Converts the events of a service that streams something other than chat completions into chunks, and chunks into its
 * events. A service that streams chat completions needs none.
 */
export interface Dialect {
  /**
   * Turns an event, or a document that was not streamed, into a chunk.
   *
   * @param event - the event, as it was sent; its data is empty for a document
   * @param value - its data as JSON, or `undefined` if it is not JSON
   * @returns a chunk with `choices`, which keeps the fields of the event; `undefined` if the event needs no conversion
   */
  readonly read: (event: EventLike, value: unknown) => object | undefined
  /**
   * Creates a reader for one stream, used in place of `read`: it takes an `event` with its `value` and may remember what
   * earlier events said.
   */
  readonly reader?: (() => Dialect['read']) | undefined
  /** Whether `[DONE]` closes a stream that is written. Default: `true`. */
  readonly done?: boolean | undefined
  /** Rules for the fields of these chunks: fields that only repeat `choices` should be dropped. */
  readonly rules?: CustomRules | undefined
  /** Begins to write a stream. */
  readonly write: () => DialectWriter
}

/** Writes one stream. */
export interface DialectWriter {
  /** The events for a chunk. */
  chunk(chunk: object): ChunkEvent[]
  /** The events that come last, before `[DONE]`. */
  end(): ChunkEvent[]
  /** The events that report an error. Without it, the error frame is sent unchanged. */
  error?(frame: ErrorFrame): ChunkEvent[]
}
