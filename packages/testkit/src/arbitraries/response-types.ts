import type { JsonObject } from './chat-types.ts'

/** Habits of servers that stream responses. None of them changes the response. */
export type ResponseQuirk =
  /** No event names its item: LiteLLM, mistral.rs. */
  | 'item-ids-missing'
  /** Every event names another item: GitHub Copilot. */
  | 'item-ids-rotate'
  /** No `output_index`: llama.cpp. */
  | 'output-index-missing'
  /** Output indexes begin at 1: SGLang, transformers. */
  | 'output-index-from-one'
  /** Output indexes have gaps. */
  | 'output-index-gaps'
  /** No index of a part: llama.cpp. */
  | 'part-index-missing'
  /** Indexes of parts run on over all items: vLLM. */
  | 'part-index-runs-on'
  /** The index of a part counts the deltas: vLLM. */
  | 'part-index-counts'
  /** No `sequence_number`. */
  | 'numbers-missing'
  /** Every `sequence_number` is 1: LiteLLM. */
  | 'numbers-constant'
  /** Texts come in the events that end them, and not in deltas: LM Studio. */
  | 'deltas-missing'
  /** Events that end a text are missing: LlamaStack. */
  | 'done-missing'
  /** Events that end a text have an empty one: newer LM Studio. */
  | 'done-empty'
  /** No event opens or closes a part: sub2api. */
  | 'part-events-missing'
  /** A part is opened after its first delta: LiteLLM. */
  | 'part-opened-late'
  /** No `output_item.added`. */
  | 'added-missing'
  /** All items are done at the end: llama.cpp. */
  | 'items-done-last'
  /** No `created` and no `in_progress`: SGLang. */
  | 'created-missing'
  /** `created` comes again in mid-stream, without a number: llama.cpp. */
  | 'created-repeated'
  /** The last event is called `response.done`: ChatGPT's backend. */
  | 'terminal-renamed'
  /** Padding in deltas. */
  | 'padding'
  /** Heartbeats. */
  | 'heartbeats'
  /** Events that no documentation lists. */
  | 'unknown-events'
  /** The names of an earlier version of the API. */
  | 'old-names'

/** Options of `responseStream`. */
export interface ResponseStreamOptions {
  /** Which quirks a stream may have, at most four at once. Default: none. */
  readonly quirks?: readonly ResponseQuirk[] | 'all' | undefined
  /** Whether the terminal event repeats the output. Default: `true`, as OpenAI does. */
  readonly repeatsOutput?: boolean | undefined
}

/** A stream with its meaning. */
export interface ResponseStream {
  readonly events: JsonObject[]
  /** What the same server returns without streaming. */
  readonly response: JsonObject
  readonly quirks: readonly ResponseQuirk[]
}
