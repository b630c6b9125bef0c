import { createParser, type Parser, type SseEvent } from '@tesserae/parser'
import { detailsOf, kindOf } from './answer.ts'
import { BodyReader } from './body-reader.ts'
import { Countdown } from './clock.ts'
import {
  ClientError,
  type ClientErrorCode,
  type ClientErrorDetails,
  closedEarly,
} from './errors.ts'
import { canBeSentAgain, delayOf, isTemporary, mayRepeat } from './policy.ts'
import { differ, futility, headerOfId, headersOf } from './request.ts'
import type { Settings } from './settings.ts'
import type {
  AttemptContext,
  ConnectAddress,
  Connection,
  ConnectionEnding,
  ConnectionState,
  ResumeSession,
} from './types.ts'

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
 * `failed` is not a state: `#failed` decides at once. In `closed`, no timer, no listener and no request is left. Nothing
 * runs ahead of the consumer, except the reading of an open body, up to `readAhead` bytes.
 */
export class EventConnection implements Connection {
  state: ConnectionState = 'idle'
  lastEventId: string
  reconnectionTime: number | undefined
  attempts = 0
  response: Response | undefined
  ending: ConnectionEnding | undefined

  readonly #address: ConnectAddress
  readonly #settings: Settings

  /** The request under way, and what reads its answer. */
  #abort: AbortController | undefined
  #stream:
    | { readonly response: Response; readonly body: BodyReader; readonly parser: Parser }
    | undefined
  /** The parser knows that the body ended. */
  #isEnded = false
  /** When the next event is due at the latest. */
  #due = Infinity

  /** Attempts in a row that failed without an event. */
  #failures = 0
  #error: ClientError | undefined
  /** Headers to send once more after a 401. */
  #refreshed: Headers | undefined
  #wasRefreshed = false
  /** Headers of the latest attempt. */
  #sent: Headers | undefined
  #delay = 0
  /** `reconnect()` was called: the next attempt does not wait. */
  #isAsked = false

  #count = 0
  #last: SseEvent | undefined
  #session: ResumeSession | undefined
  /** The request that continues the answer, and how the answer broke off. */
  #continuation: { readonly address: ConnectAddress; readonly broken: BrokenAnswer } | undefined

  /** What `next()` still has to reject with. */
  #failure: { readonly error: unknown } | undefined
  /** The call under way, for the calls that come before it has settled. */
  #turn: Promise<unknown> | undefined
  /** Ends the wait under way. */
  #interrupt: (() => void) | undefined
  /** Calls of `head()` that wait. */
  #openers: (() => void)[] = []

  constructor(address: ConnectAddress, settings: Settings) {
    this.#address = address
    this.#settings = settings
    this.lastEventId = settings.lastEventId ?? ''
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<SseEvent, undefined>> {
    // What has arrived already is given without a turn.
    if (this.#turn === undefined && this.state === 'open') {
      try {
        const value = this.#take()
        if (value) return Promise.resolve({ done: false, value })
      } catch (error) {
        this.#close('error', error)
      }
    }
    return this.#inTurn(async () => {
      const value = await this.#drive(() => false)
      if (value) return { done: false, value }
      const failure = this.#failure
      this.#failure = undefined
      if (failure) throw failure.error
      return { done: true, value: undefined }
    })
  }

  async head(): Promise<Response> {
    const isSettled = (): boolean => this.state === 'open' || this.state === 'closed'
    if (!isSettled()) {
      if (this.#turn === undefined) void this.#inTurn(() => this.#drive(isSettled))
      await new Promise<void>((resolve) => this.#openers.push(resolve))
    }
    if (this.#hasFailed()) throw this.ending?.error
    if (this.response === undefined) throw closedEarly()
    return this.response
  }

  reconnect(): void {
    if (this.state === 'waiting') this.#interrupt?.()
    if (this.state !== 'open') return
    this.#isAsked = true
    this.#stream?.body.stop()
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

  /** Runs one call after another, so that two calls of `next()` get two events. */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const turn = this.#turn === undefined ? call() : this.#turn.then(call)
    const settle = (): void => {
      if (this.#turn === settled) this.#turn = undefined
    }
    const settled: Promise<void> = turn.then(settle, settle)
    this.#turn = settled
    return turn
  }

  /** Goes from state to state, until there is an event, or the connection is closed, or it `isEnough`. */
  async #drive(isEnough: () => boolean): Promise<SseEvent | undefined> {
    try {
      while (!isEnough()) {
        switch (this.state) {
          case 'idle':
            this.#begin()
            break
          case 'connecting':
            await this.#connect()
            break
          case 'open': {
            const event = this.#take()
            if (event) return event
            await this.#more()
            break
          }
          case 'waiting':
            await this.#wait()
            break
          case 'closed':
            return undefined
        }
      }
    } catch (error) {
      // Thrown by a callback or an option of the caller: not an error of the connection.
      this.#close('error', error)
    }
    return undefined
  }

  // idle

  #begin(): void {
    const { signals } = this.#settings
    const aborted = signals.find((signal) => signal.aborted)
    if (aborted) return this.#close('aborted', aborted.reason)
    for (const signal of signals) signal.addEventListener('abort', this.#onAbort)
    this.state = 'connecting'
  }

  readonly #onAbort = (event: Event): void => {
    this.#close('aborted', (event.target as AbortSignal).reason)
  }

  // connecting

  async #connect(): Promise<void> {
    const { init, fetch, clock, headTimeout } = this.#settings
    const abort = (this.#abort = new AbortController())
    const headers = this.#refreshed ?? (await this.#headers())
    this.#refreshed = undefined
    if (headers === undefined || this.state !== 'connecting') return
    this.#sent = headers
    this.attempts++
    const input = this.#continuation?.address ?? this.#address
    const { signal } = abort
    const request = this.#continuation
      ? { signal }
      : { ...init, headers: Object.fromEntries(headers), signal }
    const late = new Countdown(clock, () => {
      abort.abort()
      this.#interrupt?.()
    })
    late.start(headTimeout)
    let response: Response | undefined
    try {
      response = await this.#unlessClosed(answerOf(fetch, input, request))
    } catch (cause) {
      if (this.state !== 'connecting') return
      const futile = futility(cause, input, this.#settings)
      if (futile !== undefined) throw futile
      return this.#failed('no-answer', { cause })
    } finally {
      late.stop()
    }
    if (this.state !== 'connecting') return
    if (response === undefined) return this.#failed('head-timeout')
    await this.#judge(response)
  }

  #headers(): Promise<Headers | undefined> {
    const context: AttemptContext = {
      attempt: this.attempts + 1,
      lastEventId: this.lastEventId,
      error: this.#error,
    }
    return this.#unlessClosed(headersOf(this.#settings, context))
  }

  async #judge(response: Response): Promise<void> {
    const continuation = this.#continuation
    const kind = kindOf(response, this.#settings, continuation === undefined)
    if (kind === 'stream') return this.#open(response)
    if (kind === 'no-content') {
      // Nothing is running there: what broke off stays broken.
      if (continuation) return this.#close('error', continuation.broken.error)
      this.response = response
      return this.#close('no-content')
    }
    const details = await this.#unlessClosed(detailsOf(response, this.#settings.clock))
    if (details === undefined) return
    const error = this.#errorOf(kind, details)
    if (!continuation && (await this.#refresh(error))) return
    if (continuation && !isTemporary(error, this.#settings.statuses))
      return this.#failed('resume-refused', { ...details, cause: continuation.broken.error })
    return this.#failed(error)
  }

  /** Whether the server may accept the headers that the caller gives now. */
  async #refresh(error: ClientError): Promise<boolean> {
    const { status } = error
    const { headers: given, repeat } = this.#settings
    if (this.#wasRefreshed || (status !== 401 && status !== 403)) return false
    if (typeof given !== 'function' || repeat === false || !canBeSentAgain(this.#settings))
      return false
    this.#error = error
    const headers = await this.#headers()
    if (headers === undefined || !differ(headers, this.#sent)) return false
    this.#refreshed = headers
    this.#wasRefreshed = true
    return true
  }

  #open(response: Response): void {
    const { readAhead, idleTimeout, clock, incomplete, maxEventBytes, onComment, onUnknownField } =
      this.#settings
    this.#stream = {
      response,
      body: new BodyReader(response.body, readAhead, idleTimeout, clock),
      parser: createParser({
        lastEventId: this.lastEventId,
        incomplete: incomplete === 'dispatch' ? 'dispatch' : 'discard',
        maxEventBytes,
        onComment,
        onUnknownField,
        onRetry: (milliseconds) => void (this.reconnectionTime = milliseconds),
      }),
    }
    this.#isEnded = false
    this.#session ??= this.#settings.resume?.begin()
    this.response = response
    this.state = 'open'
    this.#startEventClock()
    this.#settings.onOpen?.(response)
    this.#callOpeners()
  }

  // open

  /** An event that has arrived. */
  #take(): SseEvent | undefined {
    while (this.#stream !== undefined && this.state === 'open') {
      const { body, parser } = this.#stream
      const event = this.#parsed(parser)
      if (event && this.#accept(event)) return event
      if (event) continue
      // A block without data sets the ID as well.
      this.lastEventId = parser.lastEventId
      if (body.isHeld) this.#startEventClock()
      const chunk = body.take()
      if (chunk === undefined) return undefined
      parser.feed(chunk)
    }
    return undefined
  }

  #parsed(parser: Parser): SseEvent | undefined {
    try {
      return parser.next()
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'event-too-large') throw cause
      throw this.#errorOf('event-too-large', { cause })
    }
  }

  /** Whether an event is to be delivered. From then on it counts as delivered. */
  #accept(event: SseEvent): boolean {
    // A callback of the parser may have closed the connection.
    if (this.state !== 'open') return false
    this.#startEventClock()
    const verdict = this.#session?.accept(event) ?? 'deliver'
    if (verdict === 'mismatch')
      throw this.#errorOf('resume-mismatch', { cause: this.#continuation?.broken.error })
    if (verdict === 'skip') return false
    this.#count++
    if (this.#session) this.#last = event
    this.lastEventId = event.lastEventId
    this.#failures = 0
    this.#wasRefreshed = false
    if (this.#settings.until?.(event)) this.#close('until')
    return true
  }

  /** Waits for bytes, or decides what the end of the body means. */
  async #more(): Promise<void> {
    const stream = this.#stream
    if (stream === undefined || this.state !== 'open') return
    const { end } = stream.body
    if (end?.code !== undefined) return this.#failed(end.code, { cause: end.cause })
    if (end) return this.#ended(stream.parser)
    const { clock } = this.#settings
    const left = this.#due - clock.now()
    if (left <= 0) return this.#failed('event-timeout')
    const due = new Countdown(clock, () => this.#interrupt?.())
    due.start(left)
    await this.#unlessClosed(stream.body.arrival())
    due.stop()
  }

  async #ended(parser: Parser): Promise<void> {
    const { incomplete, until, resume, onEnd } = this.#settings
    if (!this.#isEnded) {
      this.#isEnded = true
      const { complete } = parser.end()
      if (!complete && incomplete === 'error') await this.#failed('incomplete-event')
      // `'dispatch'` has given the parser one more event.
      return
    }
    if (until && resume) return this.#failed('lost')
    if (onEnd === 'close') return this.#close('end')
    this.#drop()
    this.#error = undefined
    this.#continuation = undefined
    if (!canBeSentAgain(this.#settings)) throw this.#errorOf('cannot-repeat')
    this.#retry(undefined)
  }

  #startEventClock(): void {
    const { eventTimeout, clock } = this.#settings
    if (eventTimeout !== Infinity) this.#due = clock.now() + eventTimeout
  }

  // failed

  #errorOf(code: ClientErrorCode, details?: ClientErrorDetails): ClientError {
    return new ClientError(code, this.attempts, this.lastEventId, details)
  }

  async #failed(
    failure: ClientError | ClientErrorCode,
    details?: ClientErrorDetails,
  ): Promise<void> {
    const error = typeof failure === 'string' ? this.#errorOf(failure, details) : failure
    const settings = this.#settings
    const broken = this.#stream
    this.#drop()
    this.state = 'connecting'
    if (!isTemporary(error, settings.statuses)) return this.#close('error', error)
    await this.#seekContinuation(error, broken?.response)
    if (this.state !== 'connecting') return
    if (!this.#continuation) {
      if (!mayRepeat(settings, this.#count, this.lastEventId)) return this.#close('error', error)
      if (!canBeSentAgain(settings)) throw this.#errorOf('cannot-repeat', { cause: error })
    }
    const { retryAfter = 0 } = error
    if (!this.#isAsked) this.#failures++
    if (this.#failures >= settings.attempts || retryAfter > settings.maxRetryAfter)
      throw this.#errorOf('gave-up', { ...error, cause: error })
    this.#retry(error)
  }

  /** Asks for the request that continues an answer: when it breaks off, and when its continuation fails. */
  async #seekContinuation(error: ClientError, response: Response | undefined): Promise<void> {
    const session = this.#session
    const broken = response ? { error, response } : this.#continuation?.broken
    if (!session || !broken) return
    const context = {
      ...broken,
      lastEventId: this.lastEventId,
      last: this.#last,
      count: this.#count,
    }
    const address = await this.#unlessClosed((async () => session.request(context))())
    this.#continuation = address === undefined ? undefined : { address, broken }
  }

  // waiting

  #retry(error: ClientError | undefined): void {
    const asked = Math.max(this.reconnectionTime ?? 0, error?.retryAfter ?? 0)
    this.#delay = this.#isAsked ? 0 : delayOf(this.#settings, this.#failures, asked)
    this.#isAsked = false
    this.#error = error
    this.state = 'waiting'
    this.#settings.onRetry?.({
      attempt: this.attempts + 1,
      delay: this.#delay,
      error,
      lastEventIdOmitted: headerOfId(this.lastEventId) === undefined,
    })
  }

  async #wait(): Promise<void> {
    const timer = new Countdown(this.#settings.clock, () => this.#interrupt?.())
    timer.start(this.#delay)
    await this.#unlessClosed(new Promise<void>(() => {}))
    timer.stop()
    if (this.state === 'waiting') this.state = 'connecting'
  }

  // any

  /** Waits for something, unless the connection is closed meanwhile: then for nothing. */
  async #unlessClosed<T>(result: Promise<T>): Promise<T | undefined> {
    try {
      return await new Promise<T | undefined>((resolve, reject) => {
        this.#interrupt = () => resolve(undefined)
        result.then(resolve, reject)
      })
    } finally {
      this.#interrupt = undefined
    }
  }

  /** Gives up the request under way. */
  #drop(): void {
    this.#abort?.abort()
    this.#abort = undefined
    this.#stream?.body.stop()
    this.#stream = undefined
  }

  #close(reason: ConnectionEnding['reason'], error?: unknown): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.ending = { reason, error }
    if (this.#hasFailed()) this.#failure = { error }
    this.#drop()
    for (const signal of this.#settings.signals) signal.removeEventListener('abort', this.#onAbort)
    this.#interrupt?.()
    this.#callOpeners()
  }

  #hasFailed(): boolean {
    return this.ending?.reason === 'error' || this.ending?.reason === 'aborted'
  }

  #callOpeners(): void {
    for (const call of this.#openers.splice(0)) call()
  }
}

/** How an answer broke off. */
interface BrokenAnswer {
  readonly error: ClientError
  readonly response: Response
}

/** An answer that comes after its request was given up is let go. */
async function answerOf(
  fetch: Settings['fetch'],
  input: ConnectAddress,
  init: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init)
  if (init.signal?.aborted) void response.body?.cancel().catch(() => {})
  return response
}
