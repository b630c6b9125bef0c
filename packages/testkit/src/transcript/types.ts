/**
 * One recorded HTTP exchange: what was asked, every byte of the answer with its time, and what the answer means.
 *
 * It is plain data. {@link writeTranscript} makes a text file of it, {@link readTranscript} reads one back.
 */
export interface Transcript {
  /** What this exchange shows, in one line. */
  readonly title: string
  /**
   * Where it comes from, name by name: the engine and its version, how and when it was recorded, under what licence.
   * A name is lower-case letters, digits and hyphens.
   */
  readonly provenance: Readonly<Record<string, string>>
  /** What was sent. */
  readonly request?: TranscriptRequest
  /** What came back. */
  readonly response: TranscriptResponse
  /** What came back means. */
  readonly meaning?: Meaning
}

/** The request of a {@link Transcript}. `Host`, `Connection` and `Content-Length` are left out: they follow from it. */
export interface TranscriptRequest {
  readonly method: string
  /** Path and query, as in the request line. */
  readonly target: string
  /** As sent, in order; secrets replaced. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** As sent; no bytes for none. */
  readonly body: Uint8Array
}

/** The response of a {@link Transcript}: what arrived, read by read, and how it ended. */
export interface TranscriptResponse {
  /**
   * Who saw these bytes.
   *
   * - `'socket'`: every byte that the server sent, head and chunk framing included, one {@link Read} for each read
   *   of the socket.
   * - `'fetch'`: what `fetch` hands out. The head was written down from `status` and `headers`; the body has no
   *   framing, is decoded if it was compressed, and a read is one chunk of the body's stream.
   * - `'document'`: a stream printed in a document. There is no head, and the times are not real.
   */
  readonly source: 'socket' | 'fetch' | 'document'
  /** In the order of arrival. */
  readonly reads: readonly Read[]
  readonly end: End
}

/** One read: the bytes that arrived together. */
export interface Read {
  /** Milliseconds since the request was sent. Never less than that of the read before. */
  readonly at: number
  /** The bytes in order, told apart by what they are; two neighbours are never of the same kind. */
  readonly parts: readonly Part[]
}

/** A run of bytes within a {@link Read}; never empty. */
export interface Part {
  /**
   * - `'head'`: status lines and header fields, up to and including the empty line.
   * - `'frame'`: sizes and line ends of the chunked coding, and trailers: no content.
   * - `'body'`: content.
   */
  readonly of: 'head' | 'frame' | 'body'
  readonly bytes: Uint8Array
}

/** How a response ended. */
export interface End {
  /** Milliseconds since the request was sent. */
  readonly at: number
  /**
   * - `'complete'`: the message is whole: its framing said so, or it had none and the server closed.
   * - `'cut'`: the connection was lost before the framing's end.
   * - `'aborted'`: the client stopped reading, before the end.
   */
  readonly how: 'complete' | 'cut' | 'aborted'
  /** More about it, such as a system's error code; empty when there is nothing to say. */
  readonly why: string
}

/**
 * What a response means, in one shape for every dialect, in words close to those of the chat completions API.
 *
 * Strings are put together from the fragments just as they came, nothing trimmed or repaired.
 */
export interface Meaning {
  /** What kind of body it is. */
  readonly kind: MeaningKind
  /** Whether it is a stream, or one document. */
  readonly streamed: boolean
  /** How many events the SSE standard dispatches. Of `ollama`: how many lines of JSON. */
  readonly events?: number
  /** How many comment lines there are in an event stream: the heartbeats of most servers. Absent: none. */
  readonly comments?: number
  /** Bytes of an event that the end of the stream cut off, which is therefore never dispatched. */
  readonly pending?: number
  /**
   * How the stream ended by its own account.
   *
   * - `'done'`: the closing event of its dialect came, such as `[DONE]` or `message_stop`.
   * - `'finished'`: each choice has a finish reason, but no closing event came.
   * - `'unfinished'`: neither.
   */
  readonly ended?: 'done' | 'finished' | 'unfinished'
  /** The answers, by index. */
  readonly choices?: readonly MeaningChoice[]
  /** The last usage that is not null, as it stands on the wire. */
  readonly usage?: unknown
  /** An error, as it stands on the wire. */
  readonly error?: unknown
  /** The events themselves, for a stream of kind `events`. */
  readonly list?: readonly MeaningEvent[]
  /** The text itself, for kind `text`. */
  readonly text?: string
  /**
   * What the stream was meant to say, when a literal reading says something else: documents print events
   * without the blank lines that end them.
   */
  readonly intended?: Meaning
}

/**
 * - `chat`, `completion`: the chat completions and the legacy completions API.
 * - `llama-completion`: llama-server's own `/completion`.
 * - `responses`, `messages`, `gemini`, `ollama`: OpenAI's Responses, Anthropic's Messages, Gemini's
 *   `streamGenerateContent`, Ollama's `/api/chat` (lines of JSON, no events).
 * - `events`: an event stream that is none of these. `error`: a JSON document that says what went wrong.
 * - `json`, `text`: any other body. `empty`: none.
 */
export type MeaningKind =
  | 'chat'
  | 'completion'
  | 'llama-completion'
  | 'responses'
  | 'messages'
  | 'gemini'
  | 'ollama'
  | 'events'
  | 'error'
  | 'json'
  | 'text'
  | 'empty'

/** One answer. */
export interface MeaningChoice {
  readonly index: number
  /** `null`: never said. */
  readonly role: string | null
  /** `null`: no content came, not even an empty string. */
  readonly content: string | null
  /** Absent: none came. */
  readonly reasoning?: string
  /** Absent: none came. */
  readonly refusal?: string
  /** Absent: none came. */
  readonly tool_calls?: readonly MeaningToolCall[]
  /** In the words of the dialect; `null`: never said. */
  readonly finish_reason: string | null
  /** How many tokens came with log probabilities. Absent: none. */
  readonly logprobs?: number
}

/** One tool call. */
export interface MeaningToolCall {
  /** `null`: never said. */
  readonly id: string | null
  readonly name: string
  /** The text of the arguments as sent; the JSON of them where the dialect sends an object. */
  readonly arguments: string
}

/** One event of an event stream, absent fields left out. */
export interface MeaningEvent {
  readonly event?: string
  readonly data: string
  readonly id?: string
}

/**
 * Bytes in memory of their own, which `Response` and `Blob` take: `Uint8Array<ArrayBuffer>` to a TypeScript that tells
 * kinds of memory apart, and `Uint8Array` to an older one, by the one name that is right in both.
 */
export type OwnBytes = ReturnType<InstanceType<typeof TextEncoder>['encode']>
