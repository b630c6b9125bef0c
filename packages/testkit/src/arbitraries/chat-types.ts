/** What `JSON.parse` gives. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** An object that `JSON.parse` gives. */
export interface JsonObject {
  [key: string]: Json
}

/** What a completion may hold beyond plain text. */
export type ChatFeature =
  /** More than one choice. */
  | 'choices'
  /** A refusal in place of content, or beside it. */
  | 'refusal'
  /** Calls of functions, one or several. */
  | 'tools'
  /** Calls of custom tools, whose input is text. */
  | 'customTools'
  /** The deprecated single `function_call`. */
  | 'functionCall'
  /** Probabilities of tokens, with alternatives and bytes. */
  | 'logprobs'
  /** Spoken output: base64 and transcript. */
  | 'audio'
  /** Citations of pages. */
  | 'annotations'
  /** Generated images, as OpenRouter sends them. */
  | 'images'
  /** Numbers of tokens, with details. */
  | 'usage'
  | 'serviceTier'
  /** `system_fingerprint`, sometimes null. */
  | 'fingerprint'
  /** `reasoning_content`, `reasoning` and `reasoning_details`, alone and together. */
  | 'reasoning'
  /** Results of moderation. */
  | 'moderation'
  /** Unknown fields, at the top, in choices, messages and tool calls, some with the names of object methods. */
  | 'extensions'

/** A completion as a server sends it when it does not stream. Unknown fields may stand anywhere. */
export interface GeneratedCompletion {
  id: string
  object: 'chat.completion'
  created: number
  model: string
  choices: GeneratedChoice[]
  usage?: GeneratedUsage
  service_tier?: string
  system_fingerprint?: string | null
  [extension: string]: unknown
}

/** One answer of a completion. */
export interface GeneratedChoice {
  index: number
  message: GeneratedMessage
  logprobs: {
    content: GeneratedTokenLogprob[] | null
    refusal: GeneratedTokenLogprob[] | null
  } | null
  finish_reason: string
  [extension: string]: unknown
}

/** The message of a choice. */
export interface GeneratedMessage {
  role: 'assistant'
  content: string | null
  refusal: string | null
  annotations?: JsonObject[]
  audio?: { id: string; data: string; transcript: string; expires_at: number }
  function_call?: { name: string; arguments: string }
  tool_calls?: GeneratedToolCall[]
  images?: JsonObject[]
  reasoning_content?: string
  reasoning?: string
  reasoning_details?: GeneratedReasoningDetail[]
  [extension: string]: unknown
}

/** A call of a function or of a custom tool. */
export type GeneratedToolCall =
  | {
      id: string
      type: 'function'
      function: { name: string; arguments: string }
      [extension: string]: unknown
    }
  | {
      id: string
      type: 'custom'
      custom: { name: string; input: string }
      [extension: string]: unknown
    }

/** A token with its probability. */
export interface GeneratedTokenLogprob {
  token: string
  logprob: number
  bytes: number[] | null
  top_logprobs: { token: string; logprob: number; bytes: number[] | null }[]
}

/** A block of reasoning, as OpenRouter sends it. */
export type GeneratedReasoningDetail =
  | {
      type: 'reasoning.text'
      text: string
      signature?: string
      format: string
      index: number
      id?: string
    }
  | { type: 'reasoning.summary'; summary: string; format: string; index: number; id?: string }
  | { type: 'reasoning.encrypted'; data: string; format: string; index: number; id?: string }

/** Numbers of tokens. */
export interface GeneratedUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: { [name: string]: number }
  completion_tokens_details?: { [name: string]: number }
  [extension: string]: unknown
}

/** Options of `anyCompletion`. */
export interface CompletionOptions {
  /** What may occur, each now and then. Default: all of `CHAT_FEATURES`. With `[]`, plain text. */
  readonly features?: readonly ChatFeature[] | undefined
}

/** Options of `chunkStream`. */
export interface ChunkStreamOptions extends CompletionOptions {
  /** Which habits of servers may occur, each now and then. Default: none. `'all'` stands for all of `CHAT_QUIRKS`. */
  readonly quirks?: readonly ChatQuirk[] | 'all' | undefined
}

/** A streamed completion, with what it means. */
export interface ChunkStream {
  /** The chunks, as `JSON.parse` gives them from the wire. Where there are quirks, they break the documented types. */
  readonly chunks: JsonObject[]
  /** What the same server would have answered without streaming. */
  readonly completion: GeneratedCompletion
  /** The quirks that this stream has, as far as its completion gives them anything to do. */
  readonly quirks: readonly ChatQuirk[]
}

/**
 * Habits of servers that differ from the official API, each seen in recordings or in the sources of the servers named.
 * None changes the meaning, except that fields which a quirk adds are extensions of the completion, as noted.
 */
export type ChatQuirk =
  /** OpenRouter, Ollama, Z.ai: `role` in each delta. */
  | 'role-in-every-chunk'
  /** GPUStack, Groq compound: no `role` at all. */
  | 'role-missing'
  /** GLM: `role` is empty. */
  | 'role-empty'
  /** SGLang, LiteLLM: fields of the message that a delta does not add to are null in it. */
  | 'nulls-in-deltas'
  /** LiteLLM, TGI, Writer: `tool_calls` null or empty in deltas without any. */
  | 'tool-calls-null'
  /** xAI, Z.ai, Cerebras: no `finish_reason` until there is one. */
  | 'finish-reason-missing'
  /** Ollama in 2024: an empty `finish_reason` until there is one. */
  | 'finish-reason-empty'
  /** OpenRouter: `finish_reason` once more, in a chunk after the last. */
  | 'finish-reason-repeated'
  /** Some servers go on after `finish_reason`, with deltas that it should have followed. */
  | 'content-after-finish'
  /** Azure's asynchronous filter, LocalAI: where a delta would be empty, it is null or missing. */
  | 'delta-missing'
  /** LocalAI: no `index` in the only choice. */
  | 'choice-index-missing'
  /** DeepSeek, Mistral, Z.ai: `usage` in the chunk that finishes, none without choices. */
  | 'usage-in-last-chunk'
  /** vLLM's continuous usage, Perplexity: `usage` in each chunk, growing. */
  | 'usage-in-every-chunk'
  /** Groq: `usage` in `x_groq` only. `x_groq` is an extension of the completion. */
  | 'usage-in-x-groq'
  /** Moonshot: `usage` in the choice that finishes last. It is also an extension of that choice. */
  | 'usage-in-choice'
  /** Azure: a first chunk without choices and with empty placeholders. `prompt_filter_results` is an extension. */
  | 'empty-first-chunk'
  /** Azure's asynchronous filter: a chunk without delta and with empty placeholders; `content_filter_offsets` is an extension of the choice. */
  | 'filter-chunk'
  /** MiniMax: chunks whose `choices` is null or missing. */
  | 'choices-missing'
  /** Azure's model router: the first chunk names another model. */
  | 'model-changes'
  /** Groq compound, Avian: another `id` in each chunk. The first counts. */
  | 'id-varies'
  /** TGI, Snowflake: `id` is empty in every chunk, and in the completion. */
  | 'id-empty'
  /** Ollama, xAI: `created` moves on with time. The first counts. */
  | 'created-varies'
  /** Perplexity: the last `object` is `chat.completion.done`. */
  | 'object-done'
  /** Perplexity: each choice has the message so far, beside its delta. */
  | 'message-beside-delta'
  /** Groq: `channel` in each delta. It is an extension of the message, a name and not a text that grows. */
  | 'channel-in-every-delta'
  /** OpenAI, Mistral, Azure: random padding in `obfuscation`, `p` or `nonce`. It is not part of the completion. */
  | 'padding'
  /** Here and there a delta of empty strings. */
  | 'empty-deltas'
  /** A character beyond U+FFFF in two deltas, half in each. */
  | 'split-surrogates'
  /** OpenRouter: all of `reasoning_details` with index 0, whichever block they belong to. */
  | 'reasoning-details-index-zero'
  /** Mistral, Groq, xAI, Ollama: each tool call whole, in one delta. */
  | 'tool-call-whole'
  /** Gemini, Mistral before 2025: whole tool calls without an `index`, or with null or -1. */
  | 'tool-call-index-missing'
  /** Ollama, SGLang: every tool call has index 0; only the ids differ. */
  | 'tool-call-index-zero'
  /** Some gateways: the first tool call has index 1. */
  | 'tool-call-index-from-one'
  /** Some gateways: the index of a tool call is a string. */
  | 'tool-call-index-string'
  /** vLLM: `id` and `type` in each delta of a tool call. */
  | 'tool-call-id-repeated'
  /** Qwen: an empty `id` in the deltas that go on with a tool call. */
  | 'tool-call-id-empty'
  /** Some gateways: a new `id` in each delta of a tool call. The first counts. */
  | 'tool-call-id-varies'
  /** Writer, TGI: `id`, `type` and the name null in the deltas that go on with a tool call. */
  | 'tool-call-nulls'
  /** MiniMax: the name in each delta of a tool call. */
  | 'tool-call-name-repeated'
  /** Mistral: an empty name in the deltas that go on with a tool call. */
  | 'tool-call-name-empty'
  /** The name comes after the id, at first missing or empty. */
  | 'tool-call-name-late'
  /** Gemini: the name comes in two pieces. */
  | 'tool-call-name-split'
  /** The first delta of a tool call has an id and no function. */
  | 'tool-call-function-late'
  /** Mistral: a tool call without `type`. */
  | 'tool-call-type-missing'
  /** Writer, DeepInfra: null in place of the first, empty arguments. */
  | 'tool-call-arguments-null'
  /** MiniMax, llama.cpp: arguments as an object instead of its JSON. */
  | 'tool-call-arguments-object'
  /** vLLM with speculative decoding: several entries for one tool call within a delta. */
  | 'tool-call-entries-doubled'
