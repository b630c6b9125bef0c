import type { ServerError } from '../server-error.ts'
import type { ResponseNote } from './notes.ts'
import type { ModelResponse, OutputItem, ResponseUsage, TextAnnotation } from './types.ts'

/** Options of `createAccumulator`. */
export interface ResponseAccumulatorOptions {
  /** Called with what each event adds, while the event is pushed. */
  readonly onDelta?: ((delta: ResponseDelta) => void) | undefined
}

/**
 * What an event adds, for a display that grows. A delta has the new piece alone. `item` is the number of the item in
 * order of arrival, and `part` the position in its `content` or `summary`.
 */
export type ResponseDelta =
  | { readonly type: 'item-begin'; readonly item: number; readonly kind: string }
  /** `value` is the finished item. */
  | {
      readonly type: 'item-end'
      readonly item: number
      readonly kind: string
      readonly value: OutputItem
    }
  | {
      readonly type: 'text' | 'refusal'
      readonly item: number
      readonly part: number
      readonly delta: string
    }
  /** `summary` tells the summary of the reasoning from its full text. */
  | {
      readonly type: 'reasoning'
      readonly item: number
      readonly part: number
      readonly summary: boolean
      readonly delta: string
    }
  | {
      readonly type: 'annotation'
      readonly item: number
      readonly part: number
      readonly annotation: TextAnnotation
    }
  /** Only for calls that the caller runs: `function_call` and `custom_tool_call`. `id` is the `call_id`. */
  | {
      readonly type: 'tool-call-begin'
      readonly item: number
      readonly id: string
      readonly name: string
    }
  | { readonly type: 'tool-call-arguments'; readonly item: number; readonly delta: string }
  /** Comes with `output_item.done`. Do not run a call that is `partial`. */
  | {
      readonly type: 'tool-call-end'
      readonly item: number
      readonly id: string
      readonly name: string
      readonly partial: boolean
    }
  /** Texts of tools that the server runs, of shell commands and of patches. */
  | {
      readonly type: 'mcp-arguments' | 'code' | 'diff'
      readonly item: number
      readonly delta: string
    }
  | {
      readonly type: 'command' | 'stdout' | 'stderr'
      readonly item: number
      readonly part: number
      readonly delta: string
    }
  /** A preview of an image, which is not part of the response. */
  | {
      readonly type: 'image'
      readonly item: number
      readonly index: number
      readonly base64: string
    }
  /** Sound is not part of the response. */
  | { readonly type: 'audio' | 'audio-transcript'; readonly delta: string }
  | { readonly type: 'state'; readonly item: number; readonly state: string }
  | { readonly type: 'usage'; readonly usage: ResponseUsage }
  | { readonly type: 'finish'; readonly status: string; readonly reason: string | undefined }

/** What is known about the end of a stream, apart from its events. */
export interface ResponseStreamEnd {
  /** The caller gave the stream up. */
  readonly aborted?: boolean | undefined
  /** The stream or the connection failed. */
  readonly failed?: boolean | undefined
}

/** Why a response is not complete. */
export type ResponseIncompleteReason =
  /** The server sent an error, `response.failed`, or the connection failed. */
  | 'error'
  /** The caller gave the stream up. */
  | 'aborted'
  /** The stream ended without a terminal event: it was cut. */
  | 'no-end'

/** A call that must not be run. */
export interface PartialResponseCall {
  /** Its position in `output` of the response. */
  readonly output: number
  /** Its `call_id`. */
  readonly id: string
  readonly reason:
    /** The server did not finish it, or says that it is incomplete. */
    | 'not-done'
    /** The server says that it is whole, and its arguments are not valid JSON. */
    | 'open-json'
}

/** How a stream ended. */
export type ResponseVerdict = CompleteResponseVerdict | IncompleteResponseVerdict

/** The server finished the response. See `status`: `incomplete` and `cancelled` are regular ends. */
export interface CompleteResponseVerdict extends ResponseVerdictDetails {
  readonly complete: true
  readonly reason?: undefined
}

/** Something is missing. */
export interface IncompleteResponseVerdict extends ResponseVerdictDetails {
  readonly complete: false
  readonly reason: ResponseIncompleteReason
}

/** What every verdict has. */
export interface ResponseVerdictDetails {
  /** The status that the server gave, if it gave one. */
  readonly status: string | undefined
  /** Calls that were cut, by a limit or with the stream. */
  readonly partialToolCalls: readonly PartialResponseCall[]
  readonly notes: readonly ResponseNote[]
  /** The first error that the server sent. */
  readonly error?: ServerError
}

/** A response with the verdict on its stream. */
export interface FinishedResponse<Response = ModelResponse> {
  readonly response: Response
  readonly verdict: ResponseVerdict
}

/** Where a stream can be resumed: `GET /responses/{responseId}?stream=true&starting_after={after}`. */
export interface ResponseCursor {
  readonly responseId: string
  readonly after: number
}

/**
 * Builds a response from its events.
 *
 * What a server does not send is not there: some leave out `created_at` or `model`, and a stream that was cut has the
 * status `in_progress`.
 */
export interface ResponseAccumulator<Response = ModelResponse> {
  /** Takes the next event, and does not change it. It is not copied: do not change it afterwards either. */
  push(event: unknown): void
  /** The response so far: a copy that no later event changes. */
  snapshot(): Response
  /** The response, and the verdict on its stream. Events that are pushed afterwards throw. */
  finish(end?: ResponseStreamEnd): FinishedResponse<Response>
  /** Where to resume; `undefined` before the first numbered event and after the terminal one. */
  readonly cursor: ResponseCursor | undefined
  /** Whether a terminal event was read. */
  readonly isOver: boolean
}
