import type { ChunkEvent } from '@tesserae/openai'
import type { ChatCompletion } from '@tesserae/openai/schema'

/** What a model says. */
export interface Answer {
  readonly content: string
  readonly reasoning?: string
}

/** A hosted service, as its documentation has it: what it is asked, and how it streams. */
export interface System {
  /** Its dialect, and the prefix of its paths. */
  readonly id: string
  readonly title: string
  /** The document that says so. */
  readonly from: string
  /** What is interesting in its streams. */
  readonly note: string
  /** The model that its document names. */
  readonly model: string
  /** Where it is asked, under its prefix. */
  readonly path: '/v1/chat/completions' | '/v1/completions'
  /** What its document asks, as the fields of the request. */
  readonly asks: Readonly<Record<string, unknown>>
  /** What its model answers. `isDeep`: the request asks it to think. */
  readonly answer: (asked: string, isDeep: boolean) => Answer
  /** Its stream of a message, the closing `[DONE]` included. */
  readonly events: (completion: ChatCompletion) => Iterable<ChunkEvent>
  /** Its message without streaming. */
  readonly whole: (completion: ChatCompletion) => object
  /** Its error, in place of the rest of a stream. */
  readonly error: (message: string) => ChunkEvent
}
