import type { SseEvent } from '@tesserae/parser'
import {
  afterAttempts,
  type ClientError,
  type ClientErrorCode,
  closedEarly,
  needsIds,
  needsOption,
  tooLongAWait,
} from './errors.ts'
import { Exchange } from './exchange.ts'
import { delayOf, isRepeatable, isTemporary } from './policy.ts'
import { headerOfId, headersOf, isRequest } from './request.ts'
import type { Settings } from './settings.ts'
import type {
  ConnectAddress,
  ConnectHeaders,
  Connection,
  ConnectionEnding,
  ConnectionState,
  ResumeSession,
} from './types.ts'
import { CANCELLED, Wait } from './wait.ts'

/**
 * | state      | on                                           | then                                        |
 * |------------|----------------------------------------------|---------------------------------------------|
 * | idle       | `next()`, `head()`                           | connecting; closed if the signal is aborted |
 * | connecting | 200 and `text/event-stream`; of a POST, 2xx  | open                                        |
 * |            | 204                                          | closed                                      |
 * |            | 401 or 403, and `headers()` gives others now | connecting, once in a row                   |
 * |            | another status or type; no answer            | failed                                      |
 * | open       | an event                                     | open; failures in a row = 0                 |
 * |            | the event that `until` recognizes            | closed                                      |
 * |            | a clean end                                  | waiting or closed: `onEnd`                  |
 * |            | a clean end before `until`, with `resume`    | failed                                      |
 * |            | broken off, too slow, too large              | failed                                      |
 * | failed     | temporary, may continue, attempts are left   | waiting                                     |
 * |            | otherwise                                    | closed, with the error                      |
 * | waiting    | the delay is over; `reconnect()`             | connecting                                  |
 * | any        | `close()`, `return()`, the signal            | closed                                      |
 *
 * A step that fails throws: a failure of the exchange leads to `failed`, which decides at once and is not a state; an
 * error of a callback or an option of the caller closes the connection. In `closed`, no timer, no listener and no
 * request is left, and every wait rejects. Nothing runs ahead of the consumer, except the reading of an open body.
 */
export class EventConnection implements Connection {
  state: ConnectionState = 'idle'
  reconnectionTime: number | undefined
  attempts = 0
  restarts = 0
  mayRestart = true
  response: Response | undefined
  ending: ConnectionEnding | undefined

  readonly #address: ConnectAddress
  readonly #settings: Settings
  readonly #wait: Wait

  /** The latest request: open if the state says so. */
  #exchange: Exchange | undefined
  /** The way to an open response, which `next()` and `head()` share. */
  #opening: Promise<void> | undefined
  /** The call of `next()` under way, for the calls that come before it has settled. */
  #turn: Promise<unknown> | undefined
  /** What `next()` still has to reject with. */
  #failure: { readonly error: unknown } | undefined

  /** Attempts in a row that failed without an event, and the latest reason. */
  #failures = 0
  #error: ClientError | undefined
  #delay = 0
  /** `reconnect()` was called: the next attempt does not wait. */
  #isAsked = false
  /** A 401 was answered with other headers. */
  #isRefreshed = false

  #count = 0
  #last: SseEvent | undefined
  #session: ResumeSession | undefined
  /** How the answer broke off, and the request that continues it. */
  #broken: { readonly error: ClientError; readonly response: Response } | undefined
  #continuation: ConnectAddress | undefined

  constructor(address: ConnectAddress, settings: Settings) {
    this.#address = address
    this.#settings = settings
    this.#wait = new Wait(settings.clock)
  }

  get lastEventId(): string {
    return this.#exchange?.lastEventId ?? this.#settings.lastEventId
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<SseEvent, undefined>> {
    const turn = this.#turn ? this.#turn.then(() => this.#next()) : this.#next()
    const settle = (): void => {
      if (this.#turn === settled) this.#turn = undefined
    }
    const settled = turn.then(settle, settle)
    this.#turn = settled
    return turn
  }

  async head(): Promise<Response> {
    if (this.state !== 'closed')
      await this.#opened().catch((error: unknown) => this.#close('error', error))
    if (this.#hasFailed()) throw this.ending?.error
    if (!this.response) throw closedEarly()
    return this.response
  }

  reconnect(): void {
    this.#delay = 0
    if (this.state === 'waiting') this.#wait.skip()
    if (this.state !== 'open') return
    this.#isAsked = true
    this.#exchange?.stop()
  }

  close(): void {
    this.#close('closed')
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.close()
    return { done: true, value: undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /** Goes from state to state, until there is an event or the connection is closed. */
  async #next(): Promise<IteratorResult<SseEvent, undefined>> {
    try {
      while (this.state !== 'closed') {
        if (this.state !== 'open') await this.#opened()
        const value = await this.#event(this.#exchange as Exchange)
        if (value) return { done: false, value }
      }
    } catch (error) {
      this.#close('error', error)
    }
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.error
    return { done: true, value: undefined }
  }

  // idle, connecting, waiting

  #opened(): Promise<void> {
    return (this.#opening ??= this.#open())
  }

  async #open(failure?: ClientError): Promise<void> {
    if (this.state === 'idle') this.#begin()
    let error = failure
    for (;;) {
      if (error) await this.#failed(error)
      if (this.state === 'waiting') await this.#wait.until(undefined, this.#delay)
      this.#enter('connecting')
      try {
        return await this.#connect()
      } catch (caught) {
        error = this.#own(caught)
      }
    }
  }

  #begin(): void {
    const { signals } = this.#settings
    for (const signal of signals) {
      if (signal.aborted) this.#close('aborted', signal.reason)
      else signal.addEventListener('abort', this.#onAbort)
    }
  }

  readonly #onAbort = (event: Event): void => {
    this.#close('aborted', (event.target as AbortSignal).reason)
  }

  async #connect(): Promise<void> {
    const continuation = this.#continuation
    if (continuation) {
      const given = isRequest(continuation) ? continuation.headers : undefined
      return this.#send(continuation, { method: 'GET' }, headersOf(given, ''))
    }
    const { init, headers: given, repeat, isOnce } = this.#settings
    const headers = await this.#headers()
    try {
      return await this.#send(this.#address, init, headers)
    } catch (error) {
      const { status } = this.#own(error)
      if (this.#isRefreshed || (status !== 401 && status !== 403)) throw error
      if (typeof given !== 'function' || !repeat || isOnce) throw error
      this.#error = error as ClientError
      const fresh = await this.#headers()
      if (JSON.stringify([...fresh]) === JSON.stringify([...headers])) throw error
      this.#isRefreshed = true
      return this.#send(this.#address, init, fresh)
    }
  }

  async #headers(): Promise<Headers> {
    const { headers, isJson } = this.#settings
    const { lastEventId } = this
    const context = { attempt: this.attempts + 1, lastEventId, error: this.#error }
    const call = async (): Promise<ConnectHeaders | undefined> =>
      typeof headers === 'function' ? headers(context) : headers
    const given = await this.#wait.until(call())
    return headersOf(given, lastEventId, isJson)
  }

  async #send(address: ConnectAddress, init: RequestInit, headers: Headers): Promise<void> {
    const { onOpen, resume } = this.#settings
    const exchange = (this.#exchange = new Exchange(this.#wait, {
      ...this.#settings,
      lastEventId: this.lastEventId,
      attempt: ++this.attempts,
      onReconnectionTime: (milliseconds) => void (this.reconnectionTime = milliseconds),
    }))
    const hasEvents = await exchange.send(address, init, headers)
    // Nothing is running there: what broke off stays broken.
    if (!hasEvents && this.#continuation) throw this.#broken?.error
    this.response = exchange.response
    if (!hasEvents) return this.#close('no-content')
    this.#session ??= resume?.begin()
    if (this.#count > 0 && !this.#continuation && !headers.has('last-event-id')) this.restarts++
    this.#enter('open')
    onOpen?.(this.response as Response)
  }

  // open

  /** The next event to deliver; `undefined` if there is none yet, or the body is over. */
  async #event(exchange: Exchange): Promise<SseEvent | undefined> {
    try {
      const event = exchange.take() ?? (await exchange.next())
      if (event && this.#accept(event, exchange)) return event
      if (!event) this.#ended(exchange)
    } catch (error) {
      this.#opening = this.#open(this.#own(error))
      // No caller waits for it if the clean-up of the request has closed the connection.
      this.#opening.catch(() => {})
    }
    return undefined
  }

  /** Whether an event is to be delivered. From then on it counts as delivered. */
  #accept(event: SseEvent, exchange: Exchange): boolean {
    const verdict = this.#session?.accept(event)
    if (verdict === 'mismatch')
      throw exchange.error('resume-mismatch', { cause: this.#broken?.error })
    if (verdict === 'skip') return false
    this.#count++
    if (this.#session) this.#last = event
    this.#failures = 0
    this.#isRefreshed = false
    if (this.#settings.until?.(event)) this.#close('until')
    return true
  }

  #ended(exchange: Exchange): void {
    const { until, resume, onEnd, isOnce } = this.#settings
    if (until && resume) throw exchange.error('lost')
    if (onEnd === 'close' || !(this.mayRestart || this.#hasId())) return this.#close('end')
    exchange.stop()
    this.#opening = undefined
    this.#continuation = this.#broken = undefined
    if (isOnce) return this.#close('error', exchange.error('cannot-repeat'))
    this.#retry(undefined)
  }

  // failed

  /** A failure of the exchange. What else was thrown is the caller's, and goes on. */
  #own(error: unknown): ClientError {
    if (!error || error !== this.#exchange?.failure) throw error
    return error as ClientError
  }

  /** Decides whether there is another attempt. Throws if there is none. */
  async #failed(error: ClientError): Promise<void> {
    const { statuses, attempts, maxRetryAfter, isOnce, resume } = this.#settings
    const exchange = this.#exchange as Exchange
    const isBroken = this.state === 'open'
    if (isBroken) this.#broken = { error, response: this.response as Response }
    exchange.stop()
    this.#enter('connecting')
    const giveUp = (code: ClientErrorCode, cause?: unknown, addition?: string): ClientError =>
      exchange.error(code, { ...error, cause }, addition)
    if (!isTemporary(error, statuses)) {
      const isRefused = this.#continuation && error.status
      throw isRefused ? giveUp('resume-refused', this.#broken?.error) : error
    }
    await this.#seekContinuation()
    if (!this.#continuation) {
      if (!this.#mayRepeat())
        throw isBroken && !resume
          ? giveUp(error.code, error.cause, isRepeatable(this.#settings) ? needsIds : needsOption)
          : error
      if (isOnce) throw giveUp('cannot-repeat', error)
    }
    const { retryAfter = 0 } = error
    if (!this.#isAsked) this.#failures++
    if (retryAfter > maxRetryAfter) throw giveUp('gave-up', error, tooLongAWait)
    if (this.#failures >= attempts) throw giveUp('gave-up', error, afterAttempts(this.#failures))
    this.#retry(error)
  }

  /** Whether the request of the caller may be sent once more. */
  #mayRepeat(): boolean {
    if (!isRepeatable(this.#settings)) return false
    // From its beginning, an answer would be delivered twice.
    return (this.#settings.isSafe && this.mayRestart) || this.#count === 0 || this.#hasId()
  }

  /** Whether the next request can say where to continue. */
  #hasId(): boolean {
    return !!headerOfId(this.lastEventId)
  }

  /** Asks for the request that continues an answer: when it breaks off, and when its continuation fails. */
  async #seekContinuation(): Promise<void> {
    const session = this.#session
    const broken = this.#broken
    if (!session || !broken) return
    const { lastEventId } = this
    const context = { ...broken, lastEventId, last: this.#last, count: this.#count }
    const call = async (): Promise<ConnectAddress | undefined> => session.request(context)
    this.#continuation = await this.#wait.until(call())
  }

  #retry(error: ClientError | undefined): void {
    const asked = Math.max(this.reconnectionTime ?? 0, error?.retryAfter ?? 0)
    const delay = this.#isAsked ? 0 : delayOf(this.#settings, this.#failures, asked)
    this.#delay = delay
    this.#isAsked = false
    this.#error = error
    this.#enter('waiting')
    this.#settings.onRetry?.({
      attempt: this.attempts + 1,
      delay,
      error,
      lastEventIdOmitted: headerOfId(this.lastEventId) === undefined,
    })
  }

  // any

  /** `closed` is final: a step that finds it is over. */
  #enter(state: ConnectionState): void {
    if (this.state === 'closed') throw CANCELLED
    this.state = state
  }

  #close(reason: ConnectionEnding['reason'], error?: unknown): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.ending = { reason, error }
    if (this.#hasFailed()) this.#failure = { error }
    this.#wait.cancel()
    this.#exchange?.stop()
    for (const signal of this.#settings.signals) signal.removeEventListener('abort', this.#onAbort)
  }

  #hasFailed(): boolean {
    return this.ending?.reason === 'error' || this.ending?.reason === 'aborted'
  }
}
