import type { Peer } from '../area.ts'

/** A parser of any make, and how it is to be understood. It is given the chunks of one whole stream. */
export interface ParserPeer<Package = unknown> extends Peer<
  Package,
  readonly Uint8Array[],
  Found | Promise<Found>
> {
  /** What its API shows of an event beside the data. What it does not show is not judged. */
  readonly shows: {
    /** What its events say in the place of a name when the stream gave none; left out if it shows no names. */
    readonly unnamed?: { readonly is: unknown }
    /** Whether `id` is that of the event's own block (`none` when it had none), or the last one so far. */
    readonly id?: { readonly of: 'block'; readonly none: unknown } | { readonly of: 'stream' }
    /** It reports each `retry`, also one that stands in no event. */
    readonly retry?: true
    /** It parses the data as JSON, and takes `[DONE]` for the end. */
    readonly json?: true
  }
}

export interface Found {
  readonly events: readonly FoundEvent[]
  readonly retries?: readonly number[]
}

/** Values are as the peer gives them: that it gives a number where the stream has text is worth knowing. */
export interface FoundEvent {
  readonly event?: unknown
  readonly data: unknown
  readonly id?: unknown
}
