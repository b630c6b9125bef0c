import type { CustomRules } from '../accumulator/rules.ts'
import type { ChunkEvent } from '../split/chunk-event.ts'
import type { ErrorFrame } from '../types.ts'
import type { EventLike } from '../read/source.ts'

/**
 * How a server that does not stream chat completions says the same. A dialect is a small file that makes a chunk of an
 * event, and events of chunks; whatever can be read as it is needs none.
 */
export interface Dialect {
  /**
   * Makes a chunk of an event, or of a document that was not streamed.
   *
   * @param event - the event, as it was sent; its data is empty for a document
   * @param value - its data as JSON, or `undefined` if it is not JSON
   * @returns a chunk with `choices`, which keeps the fields of the event; `undefined` for what is read as everywhere
   */
  readonly read: (event: EventLike, value: unknown) => object | undefined
  /**
   * Creates a reader for one stream, used in place of `read`: it takes an `event` with its `value` and may remember what
   * earlier events said.
   */
  readonly reader?: (() => Dialect['read']) | undefined
  /** Whether `[DONE]` closes a stream that is written. Default: `true`. */
  readonly done?: boolean | undefined
  /** Rules for the fields of those chunks. Those that only repeat what is in `choices` are to be dropped. */
  readonly rules?: CustomRules | undefined
  /** Begins to write a stream. */
  readonly write: () => DialectWriter
}

/** Writes one stream. */
export interface DialectWriter {
  /** The events that say what a chunk says. */
  chunk(chunk: object): ChunkEvent[]
  /** The events that come last, before `[DONE]`. */
  end(): ChunkEvent[]
  /** The events that report an error. Without it, the error frame is sent as it is. */
  error?(frame: ErrorFrame): ChunkEvent[]
}
