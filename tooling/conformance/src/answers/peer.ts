import type { Peer } from '../area.ts'
import type { Aspect, Expected } from './case.ts'

/** A library that reads the answers of models: it asks for one, which `fetch` gives to every request, and reads it to its end. */
export interface AnswerPeer<Package = unknown> extends Peer<Package, Fetch, Promise<Seen>> {
  /** Parts of a message for which its API has no place. It is not judged by them. */
  readonly lacks: readonly Aspect[]
}

/** Ties what is loaded to what is called. */
export const reader = <Package>(peer: AnswerPeer<Package>): AnswerPeer => peer

export type Fetch = typeof globalThis.fetch

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

/** Where the answers come from, for clients that want to know. */
export const service = { baseURL: 'http://127.0.0.1/v1', apiKey: 'none' }

/** For which an API that yields typed parts, such as `streamText`, has no place. */
export const lackedByMost: readonly Aspect[] = [
  'choices',
  'refusal',
  'functionCall',
  'customTools',
  'audio',
  'images',
  'output',
]
