import type { ServerError } from '../server-error.ts'
import type { Annotation, ChatCompletion, Usage } from '../types.ts'
import type { Note } from './notes.ts'
import type { CustomRules } from './rules.ts'

/** Options of `createAccumulator`. */
export interface AccumulatorOptions {
  /** Rules for fields that your server adds; every other unknown field keeps its last value. */
  readonly rules?: CustomRules | undefined
  /** Called with each delta, while its chunk is pushed. */
  readonly onDelta?: ((delta: Delta) => void) | undefined
}

/**
 * What a chunk adds, for a view that shows the message while it grows. Each has the new piece alone: nothing repeats what
 * came before.
 */
export type Delta =
  | { readonly type: 'content' | 'refusal'; readonly choice: number; readonly delta: string }
  /** Reasoning. If a server sends it in two fields, only the field that came first is reported. */
  | { readonly type: 'reasoning'; readonly choice: number; readonly delta: string }
  /** `toolCall` is the number of the call in its choice, in order of arrival. */
  | {
      readonly type: 'tool-call-begin'
      readonly choice: number
      readonly toolCall: number
      readonly id: string
      readonly name: string
    }
  | {
      readonly type: 'tool-call-arguments'
      readonly choice: number
      readonly toolCall: number
      readonly delta: string
    }
  /** Comes only with the end of the stream, because arguments that can be parsed may still grow. */
  | {
      readonly type: 'tool-call-end'
      readonly choice: number
      readonly toolCall: number
      readonly id: string
      readonly name: string
      readonly partial: boolean
    }
  /** A piece of speech: base64 `data`, `transcript`, or both. */
  | {
      readonly type: 'audio'
      readonly choice: number
      readonly data: string
      readonly transcript: string
    }
  | { readonly type: 'annotation'; readonly choice: number; readonly annotation: Annotation }
  | { readonly type: 'image'; readonly choice: number; readonly image: unknown }
  /** The deprecated `function_call`, in the same three steps as a tool call. */
  | { readonly type: 'function-call-begin'; readonly choice: number; readonly name: string }
  | { readonly type: 'function-call-arguments'; readonly choice: number; readonly delta: string }
  | {
      readonly type: 'function-call-end'
      readonly choice: number
      readonly name: string
      readonly partial: boolean
    }
  /** Comes again if the server sends another reason: the last one is in the message. */
  | { readonly type: 'finish'; readonly choice: number; readonly reason: string }
  | { readonly type: 'usage'; readonly usage: Usage }

/** How a stream ended, which its chunks do not say. */
export interface StreamEnd {
  /** The closing `[DONE]` came. */
  readonly done?: boolean | undefined
  /** The caller stopped reading before the end of the stream. */
  readonly aborted?: boolean | undefined
  /** The stream or its connection failed. */
  readonly failed?: boolean | undefined
}

/** Why a message is not all that the server meant to send. */
export type IncompleteReason =
  /** An error came in place of the rest, or the connection failed. */
  | 'error'
  /** The caller stopped reading. */
  | 'aborted'
  /** `[DONE]` came, and no choice before it. */
  | 'empty'
  /** The finish reason says that the server gave up: `abort`, `cancelled`, `network_error`. */
  | 'gave-up'
  /** Neither a finish reason nor `[DONE]`: the stream was cut. */
  | 'no-end'
  /** Some choices ended; others have no finish reason, and there was no `[DONE]`. */
  | 'no-finish-reason'
  /** The server says that it is finished, but the arguments of a tool call are not complete. */
  | 'open-json'

/** The place of a tool call that must not be run. */
export interface PartialToolCall {
  readonly choice: number
  /** Its number in order of arrival, as in deltas and notes. */
  readonly toolCall: number
  /** Its position in `tool_calls` of the message. */
  readonly position: number
}

/** How a stream ended. */
export type Verdict = CompleteVerdict | IncompleteVerdict

/** The message is complete, also if `max_tokens` cut it: the server sent everything that it meant to send. */
export interface CompleteVerdict extends VerdictDetails {
  readonly complete: true
  readonly reason?: undefined
}

/** Something is missing. */
export interface IncompleteVerdict extends VerdictDetails {
  readonly complete: false
  readonly reason: IncompleteReason
}

/** The fields of every verdict. */
export interface VerdictDetails {
  /** Tool calls that must not be run: cut by a limit, or part of an incomplete message. Their arguments are not repaired. */
  readonly partialToolCalls: readonly PartialToolCall[]
  /** Unusual things that did no harm. */
  readonly notes: readonly Note[]
  /** A limit cut a choice, as its finish reason says. */
  readonly cut?: 'length' | 'content_filter'
  /** The first error that the server sent. */
  readonly error?: ServerError
}

/** A message, and the verdict on its stream. */
export interface Finished<Message = ChatCompletion> {
  readonly message: Message
  readonly verdict: Verdict
}

/**
 * Builds a message from its chunks.
 *
 * Fields that a server never sends are missing: some servers leave out `id` or `model`. Until a choice has ended, its
 * `finish_reason` is null, although the type does not say so.
 */
export interface Accumulator<Message = ChatCompletion> {
  /**
   * Takes the next chunk, and does not change it. A value that is not a chunk is noted and left out; an error in a chunk is
   * kept for the verdict. The chunk is not copied, so do not change it afterwards.
   */
  push(chunk: unknown): void
  /**
   * The message so far, in the shape that it would have without streaming. Later chunks do not change it. Text is shared,
   * and lists are copied. If a message has log probabilities, annotations or many tool calls, a snapshot after each chunk
   * takes time that grows with the square of their number, so take snapshots less often.
   */
  snapshot(): Message
  /** The message, and the verdict on its stream. `push()` throws afterwards. */
  finish(end?: StreamEnd): Finished<Message>
  /** The first error that a chunk had in it. */
  readonly error: ServerError | undefined
}
