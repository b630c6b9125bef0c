import { encode } from '../encode.ts'
import { StreamError } from '../errors.ts'
import type { EventStreamOptions } from '../types.ts'
import type { Answer } from './transport.ts'

/**
 * The last that a client is sent after an error.
 *
 * | error                                      | before the head           | after the head        |
 * | ------------------------------------------ | ------------------------- | --------------------- |
 * | a refusal of a client that may come back   | `retry:`                  | `retry:`              |
 * | the same, with `refusal: 'status'`         | its status                | `retry:`              |
 * | another refusal                            | its status                | `retry:`, error event |
 * | any other error                            | the caller gets the error | `retry:`, error event |
 *
 * After `openStream` no caller can get an error, so an error before the head is handled like one after the head.
 */
export interface Farewell {
  /** Instead of a stream. */
  readonly answer?: Answer
  readonly block?: string
  /** How many events the block holds. */
  readonly events?: number
}

/** How long a client waits after an error or a refusal, in milliseconds: between this and twice as long. */
const BACKOFF = 3000

/** It must not reveal the error, which may hold a password or a path. */
const SORRY = 'The server could not continue this stream.'

/** It must not be named as `EventSource`'s own. */
const STREAM_ERROR = `event: stream-error\ndata: {"message":"${SORRY}"}\n\n`

/** The body of a refusal: the message of the error, if the request is to blame. Smaller statuses have no body. */
function textOf({ status, message }: StreamError): string | undefined {
  if (status >= 500) return `${SORRY} Try again later.`
  return status >= 400 ? message : undefined
}

/**
 * Reports the error and returns the farewell. Returns nothing, and reports nothing, if the caller gets the error.
 *
 * @param stream - reports the error, and an error of `formatError`, and knows whether the caller can get the error
 */
export function farewellFor(
  error: unknown,
  isUnsent: boolean,
  { refusal, retry = 0, formatError }: EventStreamOptions,
  stream: { readonly hasCaller: boolean; report(error: unknown): void },
): Farewell | undefined {
  const isRefusal = error instanceof StreamError && error.status !== 500
  if (isUnsent && !isRefusal && stream.hasCaller) return undefined
  stream.report(error)
  // At random, so that clients do not come back together.
  const wait = Math.round(BACKOFF * (1 + Math.random()))
  // A block with a reconnection time and no data is not an event.
  const comeBack = `retry: ${Math.max(wait, retry)}\n\n`
  if (isRefusal) {
    const { status, code } = error
    // An empty id resets the id that the client would come back with.
    const reset = code === 'last-event-id-too-long' ? 'id:\n\n' : ''
    const isBusy = status === 503
    const canComeBack = isBusy || reset !== ''
    if (isUnsent && (refusal === 'status' || !canComeBack))
      return {
        answer: {
          status,
          text: textOf(error),
          retryAfter: isBusy ? Math.ceil(wait / 1000) : undefined,
        },
      }
    if (canComeBack) return { block: comeBack + reset }
  }
  let block = STREAM_ERROR
  try {
    if (formatError) {
      const event = formatError(error)
      block = event ? encode(event) : ''
    }
  } catch (fault) {
    stream.report(fault)
  }
  return { block: comeBack + block, events: block ? 1 : 0 }
}
