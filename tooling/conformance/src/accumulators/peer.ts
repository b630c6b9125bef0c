import type { Peer } from '../areas.ts'
import type { Aspect, Expected } from './case.ts'

/** What an accumulator of any make is asked for. A file in `peers/` is one of these. */
export interface AccumulatorPeer extends Peer {
  /** Parts of a message for which its API has no place. It is not judged by them. */
  readonly lacks: readonly Aspect[]
  /** What a reader of the table has to know. */
  readonly note?: string
  /** Asks for one answer, which `fetch` gives whatever it is asked, and reads it to its end. */
  read(fetch: typeof globalThis.fetch): Promise<Seen>
}

/** What its caller is shown. Where there is an error and what came before it, both may be here. */
export interface Seen extends Omit<
  { readonly [Part in Aspect]?: Expected[Part] | undefined },
  'content' | 'finish' | 'error' | 'cut'
> {
  readonly content?: unknown
  readonly finish?: unknown
  /** An error that was reported, and not thrown. */
  readonly error?: unknown
}
