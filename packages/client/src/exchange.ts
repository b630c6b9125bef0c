import { createParser, type Parser, type SseEvent } from '@tesserae/parser'
import { detailsOf, isResponse, kindOf } from './answer.ts'
import { BodyReader } from './body-reader.ts'
import {
  ClientError,
  type ClientErrorCode,
  type ClientErrorDetails,
  noResponse,
  noStream,
} from './errors.ts'
import { futility } from './request.ts'
import type { ConnectAddress, ConnectOptions } from './types.ts'
import { CANCELLED, type Wait } from './wait.ts'

/** Options of one request. Durations are in milliseconds; 0 disables a limit. */
export interface ExchangeOptions extends Pick<
  ConnectOptions,
  | 'contentType'
  | 'eventTimeout'
  | 'fetch'
  | 'headTimeout'
  | 'idleTimeout'
  | 'incomplete'
  | 'maxEventBytes'
  | 'onComment'
  | 'onUnknownField'
  | 'readAhead'
> {
  readonly lastEventId: string
  /** The number of the request, for its errors. */
  readonly attempt?: number
  /** Called with each valid `retry` of the server. */
  readonly onReconnectionTime?: (milliseconds: number) => void
}

/** What `fetch` resolved with, even if that is `undefined`. */
interface Answer {
  readonly response: Response
}

/** One request, and the events of its answer. It never sends anything twice. */
export class Exchange {
  response: Response | undefined
  /** The ID of the last event that was taken, or of a block without data after it. */
  lastEventId: string
  /** The latest error that is not the caller's own. */
  failure: ClientError | undefined
  readonly #options: ExchangeOptions
  readonly #wait: Wait
  readonly #abort = new AbortController()
  readonly #parser: Parser
  #body: BodyReader | undefined
  #isEnded = false
  /** When the clock for the next event began. */
  #since = 0

  constructor(wait: Wait, options: ExchangeOptions) {
    this.#wait = wait
    this.#options = options
    this.lastEventId = options.lastEventId
    this.#parser = createParser({
      ...options,
      incomplete: options.incomplete === 'dispatch' ? 'dispatch' : 'discard',
      onRetry: options.onReconnectionTime,
    })
  }

  /** Sends the request. Resolves with whether events follow: `false` is 204. */
  async send(input: ConnectAddress, init: RequestInit, headers: Headers): Promise<boolean> {
    const { headTimeout, contentType, readAhead = 65_536 } = this.#options
    const wait = this.#wait
    let answer: Answer | undefined
    try {
      answer = await wait.until(this.#fetch(input, init, headers), headTimeout || Infinity)
    } catch (cause) {
      if (cause === CANCELLED) throw cause
      throw futility(cause, input, init, !this.#options.fetch) ?? this.error('no-answer', { cause })
    }
    if (!answer) throw this.error('head-timeout')
    const { response } = answer
    if (!isResponse(response)) throw noResponse()
    const kind = kindOf(response, init.method, contentType === 'any')
    if (kind === 'bad-status' || kind === 'bad-content-type')
      throw this.error(kind, await detailsOf(response, wait))
    this.response = response
    // As the `fetch` of React Native: waiting for more would be an endless loop.
    if (response.body !== null && !response.body?.getReader) throw noStream()
    this.#body = new BodyReader(response, readAhead, wait.clock.now)
    this.#since = wait.clock.now()
    return kind === 'stream'
  }

  /** The next event; `undefined` after a clean end. */
  async next(): Promise<SseEvent | undefined> {
    for (;;) {
      const event = this.take()
      if (event || !(await this.#more())) return event
    }
  }

  /** An event that has arrived. */
  take(): SseEvent | undefined {
    const parser = this.#parser
    for (;;) {
      const event = this.#parsed()
      // A callback of the parser may have ended it all: then nothing more is taken.
      if (this.#wait.isCancelled) throw CANCELLED
      // A block without data sets the ID as well.
      this.lastEventId = (event ?? parser).lastEventId
      if (event || this.#body?.isHeld) this.#since = this.#wait.clock.now()
      const chunk = event ? undefined : this.#body?.take()
      if (!chunk) return event
      parser.feed(chunk)
    }
  }

  /** Gives up the request. What has arrived can still be taken. */
  stop(): void {
    this.#abort.abort()
    this.#body?.stop()
  }

  /** @param addition - what is added to the sentence of the code */
  error(code: ClientErrorCode, details?: ClientErrorDetails, addition?: string): ClientError {
    const { attempt = 1 } = this.#options
    return (this.failure = new ClientError(code, attempt, this.lastEventId, details, addition))
  }

  async #fetch(input: ConnectAddress, init: RequestInit, headers: Headers): Promise<Answer> {
    const { signal } = this.#abort
    const response = await (this.#options.fetch ?? fetch)(input, {
      // A cache must not keep a stream. Some runtimes have no caches, and refuse the option.
      ...('cache' in Request.prototype && { cache: 'no-store' }),
      ...init,
      headers: Object.fromEntries(headers),
      signal,
    })
    // An answer that comes after its request was given up is let go.
    if (signal.aborted) response.body?.cancel().catch(() => {})
    return { response }
  }

  #parsed(): SseEvent | undefined {
    try {
      return this.#parser.next()
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'event-too-large') throw cause
      throw this.error('event-too-large', { cause })
    }
  }

  /** Waits for bytes. Resolves with `false` after a clean end. */
  async #more(): Promise<boolean> {
    const { idleTimeout, eventTimeout, incomplete } = this.#options
    const body = this.#body as BodyReader
    const { end } = body
    if (end?.isLost) throw this.error('lost', { cause: end.cause })
    if (end) {
      if (this.#isEnded) return false
      this.#isEnded = true
      if (!this.#parser.end().complete && incomplete === 'error')
        throw this.error('incomplete-event')
      // `'dispatch'` has given the parser one more event.
      return true
    }
    const arrival = body.arrival()
    const now = this.#wait.clock.now()
    const idle = body.since + (idleTimeout || Infinity) - now
    const event = this.#since + (eventTimeout || Infinity) - now
    if (!(await this.#wait.until(arrival, Math.min(idle, event))))
      throw this.error(event < idle ? 'event-timeout' : 'idle-timeout')
    return true
  }
}
