import type { Peer } from '../areas.ts'
import type { Aspect, Expected } from './case.ts'

/** A library that reads the answers of models. */
export interface AnswerPeer extends Peer {
  /** Parts of a message for which its API has no place. It is not judged by them. */
  readonly lacks: readonly Aspect[]
  /** Asks for one answer, which `fetch` gives to every request, and reads it to its end. */
  read(fetch: typeof globalThis.fetch): Promise<Seen>
}

/** What the caller of a library is shown, in its own words. An error may stand beside what came before it. */
export interface Seen extends Omit<
  { readonly [Part in Aspect]?: Expected[Part] | undefined },
  'text' | 'end' | 'finish'
> {
  readonly text?: unknown
  /** What it says about the end, if it says anything: a finish reason, or the status of a response. */
  readonly finish?: unknown
  /** An error that was reported, and not thrown. */
  readonly error?: unknown
}
