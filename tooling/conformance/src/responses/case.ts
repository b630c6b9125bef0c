/** What a server may send, and the response that is then right: the one that it returns without streaming. */
export interface ResponseCase {
  /** What it does, and in brackets where it was seen. */
  readonly name: string
  /** Why the expectation is right. */
  readonly why: string
  /** The events, in order. A text stands for the body of an answer that is not a stream. */
  readonly events: readonly object[] | string
  /** `true` if `[DONE]` follows. */
  readonly done?: boolean
  /** `false` if no event has a name. */
  readonly named?: boolean
  readonly expected: ExpectedResponse
}

/** Parts of a response, each in a form that the result of every peer can be brought to. */
export interface ExpectedResponse {
  /** How it ends. `cut` is right if the caller can tell that the response is not complete. */
  readonly end: 'completed' | 'incomplete' | 'error' | 'cut'
  /** The output, exactly. */
  readonly output?: readonly object[]
  readonly text?: string
  readonly reasoning?: string
  readonly refusal?: string
  /** Calls that the caller runs: functions and custom tools. Arguments are compared as JSON if they are JSON. */
  readonly tools?: readonly ResponseCall[]
  /** Input and output tokens. */
  readonly usage?: readonly [number, number]
}

export type ResponseCall = readonly [id: string, name: string, argumentsOrInput: string]

export type ResponseAspect = keyof ExpectedResponse
