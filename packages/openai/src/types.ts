// What stands on the wire. The official types and these are assignable to each other both ways, which a test proves, so
// fields that only compatible servers send are optional here. To give a field of your server a type, merge it into
// these interfaces: `declare module '@tesserae/openai/schema' { interface ChunkDelta { mood?: string } }`.

/** Why a choice ended, as documented. Servers send other words too; they are kept as they come. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

/** How a request was served. */
export type ServiceTier = 'auto' | 'default' | 'flex' | 'scale' | 'priority' | 'fast'

/** Who speaks. */
export type Role = 'developer' | 'system' | 'user' | 'assistant' | 'tool'

/** One chunk of a streamed chat completion. */
export interface ChatCompletionChunk {
  /** Perplexity, xAI: addresses of the pages that were cited. */
  citations?: string[]
  id: string
  choices: ChunkChoice[]
  created: number
  model: string
  object: 'chat.completion.chunk'
  moderation?: Moderation | null
  /** Random padding, no part of the message. */
  obfuscation?: string
  service_tier?: ServiceTier | null
  system_fingerprint?: string
  usage?: Usage | null
}

/** What a chunk adds to one choice. */
export interface ChunkChoice {
  delta: ChunkDelta
  index: number
  finish_reason: FinishReason | null
  logprobs?: Logprobs | null
}

/** What a chunk adds to a message. */
export interface ChunkDelta {
  audio?: AudioDelta
  content?: string | null
  /** Deprecated: `tool_calls` took its place. */
  function_call?: FunctionCallDelta
  refusal?: string | null
  role?: Role
  tool_calls?: ToolCallDelta[]
  /** DeepSeek, vLLM, xAI, Qwen: the reasoning before the answer. */
  reasoning_content?: string | null
  /** Groq, Ollama, OpenRouter, newer vLLM: the same under another name. */
  reasoning?: string | null
  /** OpenRouter: reasoning in blocks, some of them signed or encrypted. */
  reasoning_details?: ReasoningDetail[] | null
  /** Search models: pages that were cited. */
  annotations?: Annotation[]
  /** OpenRouter: images that were made. */
  images?: Image[]
}

/** A piece of speech. */
export interface AudioDelta {
  id?: string
  data?: string
  expires_at?: number
  transcript?: string
}

/** A piece of a deprecated function call. */
export interface FunctionCallDelta {
  arguments?: string
  name?: string
}

/** A piece of a tool call. */
export interface ToolCallDelta {
  index: number
  id?: string
  custom?: CustomToolDelta
  function?: FunctionCallDelta
  type?: 'function' | 'custom'
}

/** A piece of a call of a custom tool. */
export interface CustomToolDelta {
  input?: string
  name?: string
}

/** A chat completion as a server sends it without streaming. */
export interface ChatCompletion {
  id: string
  choices: ChatChoice[]
  created: number
  model: string
  object: 'chat.completion'
  metadata?: Record<string, string> | null
  moderation?: Moderation | null
  service_tier?: ServiceTier | null
  system_fingerprint?: string
  usage?: Usage
  /** Perplexity, xAI: addresses of the pages that were cited. */
  citations?: string[]
}

/** One answer. */
export interface ChatChoice {
  finish_reason: FinishReason
  index: number
  logprobs: Logprobs | null
  message: ChatMessage
}

/** What an answer says. */
export interface ChatMessage {
  content: string | null
  refusal: string | null
  role: 'assistant'
  annotations?: Annotation[]
  audio?: Audio | null
  function_call?: FunctionCall | null
  tool_calls?: ToolCall[]
  reasoning_content?: string | null
  reasoning?: string | null
  reasoning_details?: ReasoningDetail[] | null
  images?: Image[]
}

/** An image that a model made. */
export interface Image {
  type?: string
  image_url: { url: string }
  index?: number
}

/** A part of `content`, where a server sends a list: text, or thinking, which holds parts again. */
export interface ContentPart {
  type: string
  text?: string
  thinking?: string | ContentPart[]
}

/**
 * A completion as servers send it and as snapshots are: `finish_reason` is null until a choice has ended, and may be a word
 * of the server; `content` may be a list of parts; `id` and `model` may be missing. Give it to `accumulate` as its type:
 * `accumulate<LooseCompletion>(response)`.
 */
export interface LooseCompletion extends Partial<Omit<ChatCompletion, 'choices' | 'object'>> {
  object: ChatCompletion['object']
  choices: LooseChoice[]
}

/** A choice of a {@link LooseCompletion}. */
export interface LooseChoice extends Omit<ChatChoice, 'finish_reason' | 'message'> {
  finish_reason: FinishReason | (string & {}) | null
  message: Omit<ChatMessage, 'content'> & { content: string | ContentPart[] | null }
}

/** A page that was cited. */
export interface Annotation {
  type: 'url_citation'
  url_citation: { end_index: number; start_index: number; title: string; url: string }
}

/** Speech. */
export interface Audio {
  id: string
  data: string
  expires_at: number
  transcript: string
}

/** A function with its arguments, as text. */
export interface FunctionCall {
  arguments: string
  name: string
}

/** A call of a function or of a custom tool. */
export type ToolCall = FunctionToolCall | CustomToolCall

/** A call of a function. */
export interface FunctionToolCall {
  id: string
  function: FunctionCall
  type: 'function'
}

/** A call of a custom tool, whose input is any text. */
export interface CustomToolCall {
  id: string
  custom: { input: string; name: string }
  type: 'custom'
}

/** A block of reasoning. */
export interface ReasoningDetail {
  type?: string
  text?: string | null
  summary?: string | null
  data?: string | null
  signature?: string | null
  id?: string | null
  format?: string | null
  index?: number | null
}

/** Probabilities of the tokens. */
export interface Logprobs {
  content: TokenLogprob[] | null
  refusal: TokenLogprob[] | null
}

/** A token and those that might have stood in its place. */
export interface TokenLogprob {
  token: string
  bytes: number[] | null
  logprob: number
  top_logprobs: TopLogprob[]
}

/** A token with its probability. */
export interface TopLogprob {
  token: string
  bytes: number[] | null
  logprob: number
}

/** Numbers of tokens. */
export interface Usage {
  completion_tokens: number
  prompt_tokens: number
  total_tokens: number
  /** OpenRouter and other gateways: what the request cost, in their unit. */
  cost?: number
  cost_details?: { [key: string]: number | null } | null
  completion_tokens_details?: {
    accepted_prediction_tokens?: number
    audio_tokens?: number
    reasoning_tokens?: number
    rejected_prediction_tokens?: number
    text_tokens?: number
  }
  prompt_tokens_details?: {
    audio_tokens?: number
    cache_write_tokens?: number
    cached_tokens?: number
    image_tokens?: number
    text_tokens?: number
  }
}

/** What a moderation model found in the question and in the answer. */
export interface Moderation {
  input: ModerationResults | ModerationError
  output: ModerationResults | ModerationError
}

/** The results of a moderation. */
export interface ModerationResults {
  model: string
  results: ModerationResult[]
  type: 'moderation_results'
}

/** One result of a moderation. */
export interface ModerationResult {
  categories: { [key: string]: boolean }
  category_applied_input_types: { [key: string]: ('text' | 'image')[] }
  category_scores: { [key: string]: number }
  flagged: boolean
  model: string
  type: 'moderation_result'
}

/** A moderation that failed. */
export interface ModerationError {
  code: string
  message: string
  type: 'error'
}

/** A completion of the legacy API; its chunks have the same shape. */
export interface TextCompletion {
  id: string
  choices: TextChoice[]
  created: number
  model: string
  object: 'text_completion'
  system_fingerprint?: string
  usage?: Usage
}

/** One answer of the legacy API. */
export interface TextChoice {
  finish_reason: 'stop' | 'length' | 'content_filter'
  index: number
  logprobs: TextLogprobs | null
  text: string
}

/** Probabilities in the legacy API: lists that run side by side. */
export interface TextLogprobs {
  text_offset?: number[]
  token_logprobs?: number[]
  tokens?: string[]
  top_logprobs?: { [key: string]: number }[]
}

/** A chunk of the legacy API: a completion whose answers may not have ended yet. */
export interface TextCompletionChunk extends Omit<TextCompletion, 'choices' | 'usage'> {
  choices: (Omit<TextChoice, 'finish_reason'> & {
    finish_reason: TextChoice['finish_reason'] | null
  })[]
  usage?: Usage | null
}

/** An error in place of a chunk. */
export interface ErrorFrame {
  error: {
    message: string
    type?: string | null
    param?: string | null
    code?: string | number | null
  }
}
