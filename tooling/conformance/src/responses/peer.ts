import type { Peer } from '../areas.ts'
import type { ExpectedResponse, ResponseAspect } from './case.ts'

/** What a reader of responses is asked for. A file in `peers/` is one of these. */
export interface ResponsePeer extends Peer {
  /** Parts of a response for which its API has no place. It is not judged by them. */
  readonly lacks: readonly ResponseAspect[]
  readonly note?: string
  /** Asks for one answer, which `fetch` gives to every request, and reads it to its end. */
  read(fetch: typeof globalThis.fetch): Promise<SeenResponse>
}

/** What its caller is shown. */
export interface SeenResponse extends Omit<
  { readonly [Part in ResponseAspect]?: ExpectedResponse[Part] | undefined },
  'end'
> {
  /** What it says about the end; `undefined` if it says nothing. */
  readonly end?: string | undefined
  /** An error that was reported, and not thrown. */
  readonly error?: unknown
}
