import type { LanguageModel } from 'ai'
import type { Peer } from '../area.ts'
import type { Aspect, Expected } from './case.ts'

/** A library that reads the answers of models. */
export interface AnswerPeer extends Peer<ReadAnswer> {
  /** Parts of a message for which its API has no place. It is not judged by them. */
  readonly lacks: readonly Aspect[]
}

/** Asks for one answer, which `fetch` gives to every request, and reads it to its end. */
export type ReadAnswer = (fetch: Fetch) => Promise<Seen>

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

/** For which the parts of `streamText` have no place. */
export const lackedByStreamText: readonly Aspect[] = [
  'choices',
  'refusal',
  'functionCall',
  'customTools',
  'audio',
  'images',
  'output',
]

/** Reads with a model of the AI SDK, as its users do: through `streamText`. */
export async function throughStreamText(
  modelFor: (fetch: Fetch) => LanguageModel,
): Promise<ReadAnswer> {
  const { readWith } = await import('./ai-sdk.ts')
  return (fetch) => readWith(modelFor(fetch))
}
