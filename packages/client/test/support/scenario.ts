import type { ClientErrorCode, ConnectionEnding, ConnectOptions } from '@tesserae/client'

/** What the server does with one request. */
export interface Answer {
  /** `'cut'`: the connection closes before the head. `'never'`: no head arrives. */
  readonly head?: 'cut' | 'never'
  /** Milliseconds before the head. */
  readonly after?: number
  readonly status?: number
  /** Beside `content-type: text/event-stream`, which `''` takes away. */
  readonly headers?: Readonly<Record<string, string>>
  /** The body: text, bytes, and milliseconds of silence. */
  readonly steps?: readonly (string | Uint8Array | number)[]
  /** After the last step. Default: `'clean'`. */
  readonly end?: 'clean' | 'cut' | 'open'
}

/** What the consumer does after so many events, or after so many milliseconds. */
export interface Action {
  readonly events?: number
  readonly time?: number
  readonly do: 'close' | 'break' | 'throw' | 'abort' | 'reconnect' | { readonly sleep: number }
}

export interface Scenario {
  /** A sentence that stands alone. */
  readonly name: string
  readonly options?: ConnectOptions
  /** What the caller's request is: a GET unless it says so. */
  readonly server: readonly Answer[]
  /** What the server does after that. Default: 204, which ends the connection. */
  readonly rest?: Answer
  readonly act?: Action
  /** The signal is aborted before anything begins. */
  readonly aborted?: boolean
  /** How long the scenario goes on if nothing ends it, in milliseconds. Default: ten minutes. */
  readonly horizon?: number
  /** `Last-Event-ID` of each request, decoded; `''` for none. */
  readonly requests: readonly string[] | { readonly least: number; readonly most: number }
  /** The data of each delivered event. */
  readonly events: readonly string[]
  /** How it ends; `undefined` if it does not within the horizon. */
  readonly ends:
    | Exclude<ConnectionEnding['reason'], 'error'>
    | ClientErrorCode
    | 'TypeError'
    | 'the consumer'
    | undefined
  /** Milliseconds between the requests, from least to most. `random` gives 0.5. */
  readonly waits?: readonly (number | readonly [number, number])[]
  /** What the error holds. */
  readonly error?: Readonly<Record<string, unknown>>
  /** Needs a clock that obeys: it is not played over a socket. */
  readonly clockOnly?: boolean
  /** Goes beyond the standard, and beyond the rule that a POST is sent once: other clients are not asked. */
  readonly beyond?: boolean
}

export const clean = (...steps: NonNullable<Answer['steps']>): Answer => ({ steps })
export const cut = (...steps: NonNullable<Answer['steps']>): Answer => ({ steps, end: 'cut' })
export const open = (...steps: NonNullable<Answer['steps']>): Answer => ({ steps, end: 'open' })
export const noAnswer: Answer = { head: 'cut' }
export const silence: Answer = { head: 'never' }
export const status = (
  status: number,
  text = '',
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers: { 'content-type': 'text/plain', ...headers }, steps: [text] })
export const typed = (type: string, ...steps: NonNullable<Answer['steps']>): Answer => ({
  headers: { 'content-type': type },
  steps,
})
export const post: ConnectOptions = { method: 'POST', body: 'question' }
