/** What a server may do, and the message that is then right: the one that it would have sent without streaming. */
export interface Case {
  /** What it does, and in brackets with whom it was seen, or what it is. */
  readonly name: string
  /** Why the expectation is right. */
  readonly why: string
  /** The data of the events: objects are sent as JSON, text as it is. `[DONE]` follows, unless `end` says otherwise. */
  readonly data: readonly (object | string)[]
  /** `'none'`: the connection closes without `[DONE]`. */
  readonly end?: 'none'
  /** The body as it is sent, where more than the data of its events matters. */
  readonly body?: string
  /** What the message says, as far as the case is about it. */
  readonly expected: Expected
}

/** Parts of a message, each in a form that every peer's can be brought to. Those of a case are what it is judged by. */
export interface Expected {
  /** The text of the first choice. */
  readonly content?: string
  /** The text of each choice. */
  readonly choices?: readonly string[]
  readonly reasoning?: string
  readonly refusal?: string
  /** Calls of functions. Where the server gave no id, any will do; arguments are compared as JSON if they are JSON. */
  readonly tools?: readonly Call[]
  readonly customTools?: readonly Call[]
  /** The deprecated way to call a function: without an id. */
  readonly functionCall?: Call
  readonly finish?: string
  /** Tokens: of the prompt, of the answer. */
  readonly usage?: readonly [number, number]
  readonly logprobs?: readonly string[]
  readonly audio?: { readonly id: string; readonly transcript: string }
  /** Addresses that are cited. */
  readonly annotations?: readonly string[]
  readonly images?: readonly string[]
  readonly reasoningDetails?: readonly object[]
  /** What a call carries for its server, to be sent back with it. */
  readonly signature?: string
  /** The server reports an error, and so does the accumulator. */
  readonly error?: true
  /** The connection broke, and the caller can tell: by an error, or by a finish reason that is missing or unusual. */
  readonly cut?: true
}

export type Call = readonly [id: string | undefined, name: string, argumentsOrInput: string]

export type Aspect = keyof Expected
