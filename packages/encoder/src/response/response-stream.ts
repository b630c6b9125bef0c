import { encode, encodedText } from '../encode.ts'
import { type CloseReason, isRefusal, StreamClosed, StreamError } from '../errors.ts'
import type {
  EncodedEvents,
  EventStreamOptions,
  Follower,
  Outlet,
  SseEventInit,
  UntrustedText,
} from '../types.ts'
import { type Clock, clockOfStream, currentTime } from './clock.ts'
import type { Handled } from './handle.ts'
import { FINAL, FINAL_ID, readLastEventId } from './head.ts'
import { callHook } from './hooks.ts'
import { comment, type Limits, limitsOf } from './limits.ts'
import { Outbox } from './outbox.ts'
import { type Pumped, SOURCE_RETURNED } from './pump.ts'
import { onAbort } from './signals.ts'
import type { Chunk, Sink, Transport } from './transport.ts'
import { atTurnEnd } from './turn.ts'
import { Watch, type Watched } from './watch.ts'

/** What a stream has to know of the request. */
export interface StreamRequest {
  readonly method?: string | undefined
  /** The header `Last-Event-ID`. */
  readonly lastEventId?: string | null | undefined
  /** Aborts when the client hangs up. */
  readonly signal?: AbortSignal | undefined
}

/**
 * - `unsent`: nothing was sent. An error becomes an HTTP error, or the answer to a client that is refused.
 * - `open`: the head is sent. The first event opens the stream, or else the end of the turn in which it began.
 * - `closing`: no event is taken any more, and the client is sent what waits.
 * - `ending`: the transport has everything, and delivers it.
 * - `over`: the client has everything, or is gone.
 */
type State = 'unsent' | 'open' | 'closing' | 'ending' | 'over'

/** How many high-water marks of bytes may wait if a source does not wait, and how many bytes always may. */
const PATIENCE = 16
const LEAST_PATIENCE = 1 << 20

/** How long a client waits after an error or a refusal, in milliseconds: between this and twice as long. */
const BACKOFF = 3000

/** It must not reveal the error, which may hold a password or a path; and must not be named as `EventSource`'s own. */
const STREAM_ERROR =
  'event: stream-error\ndata: {"message":"The server could not continue this stream."}\n\n'

const usual: Limits = /* @__PURE__ */ limitsOf({})

const settled: Promise<void> = /* @__PURE__ */ Promise.resolve()

/**
 * The state of one response, from its request to its end, without a platform in it. Events gather in the outbox until
 * the end of the turn. Every end passes through `#stop`, which tells the source, and `#finish`, which tells the caller.
 */
export class ResponseStream implements Handled, Outlet, Pumped, Sink, Watched {
  readonly #transport: Transport
  readonly #options: EventStreamOptions
  #limits: Limits = usual
  readonly #clock: Clock = clockOfStream()
  readonly #outbox: Outbox
  readonly #began: number = currentTime()
  #watch: Watch | undefined

  #state: State = 'unsent'
  /** Why the stream takes no more events. */
  #stopped: StreamClosed | undefined
  /** The source is used up, and a late `send` was not reported yet. */
  #isUsedUp = false
  #followers: readonly Follower[] = []
  #controller: AbortController | undefined
  #closed: Promise<StreamClosed> | undefined
  #settle: ((end: StreamClosed) => void) | undefined
  #turnEndComes = false
  #eventsWritten = 0
  #bytesWritten = 0
  events = 0

  constructor(transport: Transport, options: EventStreamOptions) {
    this.#transport = transport
    this.#options = options
    this.#outbox = new Outbox(this, transport.lengthOf)
  }

  // Beginning

  /**
   * Checks the options and the request, and begins the stream or answers without one. The head goes out by itself
   * unless `waits` is set; then `begin` lets it. Returns the client's `Last-Event-ID`.
   */
  start(request: StreamRequest, waits: boolean): UntrustedText | undefined {
    const { headers, lastEventId, signal } = this.#options
    let id: UntrustedText | undefined
    try {
      this.#limits = limitsOf(this.#options)
      this.#transport.prepare(headers)
      if (this.#stopped) return undefined
      if ((lastEventId ?? request.lastEventId) === FINAL_ID) this.#answer(204, 'done')
      else if (request.method === 'HEAD') this.#answer(200, 'done')
      else {
        id = readLastEventId(request.lastEventId, lastEventId)
        this.#stopOn(request.signal, (it) => it.drop('client-gone'))
        this.#stopOn(signal, (it) => it.close('shutdown'))
      }
    } catch (error) {
      this.fail(error)
    }
    if (this.#stopped) return undefined
    this.#watch = new Watch(this, this.#limits)
    this.#clock.add(this.#watch)
    if (!waits) this.begin()
    return id
  }

  begin(): void {
    if (this.#turnEndComes) return
    this.#turnEndComes = true
    atTurnEnd(endTurn, this)
  }

  /** Runs when `signal` aborts, and lets go of the signal when the stream stops. */
  #stopOn(signal: AbortSignal | undefined, stop: (stream: this) => void): void {
    if (signal?.aborted) stop(this)
    else if (signal) this.follow({ onStop: onAbort(signal, () => stop(this)) })
  }

  /** Sends the head, if that was not done. */
  open(): void {
    if (this.#state !== 'unsent') return
    this.#transport.open()
    this.#state = 'open'
    this.#outbox.append(this.#limits.prelude)
  }

  // Sending

  get isStopped(): boolean {
    return this.#stopped !== undefined
  }

  get isFull(): boolean {
    return this.#outbox.exceeds(this.#limits.highWaterMark)
  }

  get isClear(): boolean {
    return !this.#stopped && this.#outbox.hasRoom && this.#outbox.isEmpty
  }

  add(event: SseEventInit): void {
    // Encoded first: an event that cannot be sent must not open the stream.
    const block = encodedText.get(event) ?? encode(event)
    this.open()
    this.events++
    this.#outbox.append(block)
    if (this.#outbox.isDue) this.#flush()
    else this.begin()
  }

  send(event: SseEventInit): Promise<void> {
    try {
      if (!this.#stopped) {
        this.add(event)
        if (!this.isFull) return settled
        const most = Math.max(PATIENCE * this.#limits.highWaterMark, LEAST_PATIENCE)
        // The source does not wait, so this is the only bound on the memory that it fills.
        if (this.#outbox.isAwaited && this.#outbox.exceeds(most)) this.drop('slow')
      } else if (this.#isUsedUp) {
        this.#isUsedUp = false
        this.report(new StreamError('sent-after-end', SOURCE_RETURNED))
      }
    } catch (error) {
      return Promise.reject(error)
    }
    const sent = this.room().then(() => {
      if (this.#stopped) throw this.#stopped
    })
    // A caller that does not wait must not end the process.
    sent.catch(() => {})
    return sent
  }

  room(): Promise<void> {
    return this.#stopped ? settled : this.#outbox.room()
  }

  sendBatch(batch: EncodedEvents): void {
    this.open()
    this.events += batch.events
    // What the stream begins with.
    this.#outbox.flush(Infinity)
    this.#outbox.write(batch.bytes, true)
  }

  beat(): void {
    this.#outbox.write(this.#limits.beat, true)
  }

  /** Passes a chunk from the outbox to the transport. */
  write(chunk: Chunk, shared: boolean): boolean {
    const { onWrite } = this.#options
    if (onWrite) {
      const { sent } = this.#outbox
      void callHook(onWrite, {
        events: this.events - this.#eventsWritten,
        bytes: sent - this.#bytesWritten,
      })
      this.#eventsWritten = this.events
      this.#bytesWritten = sent
    }
    try {
      return this.#transport.write(chunk, shared)
    } catch (error) {
      // Many streams share a turn, and a round of the clock. The others must not see this error.
      this.report(error)
      this.drop('client-gone', error)
      return false
    }
  }

  #flush(): void {
    this.#outbox.flush(this.#limits.highWaterMark)
    if (!this.#outbox.hasRoom) return
    if (this.#state === 'closing') this.#end()
    else for (const follower of this.#followers) follower.onRoom?.()
  }

  /** @internal */
  turnEnded(): void {
    this.#turnEndComes = false
    if (this.#stopped) return
    try {
      this.open()
      // The first bytes take the head with them.
      if (this.#outbox.sent === 0 && this.#outbox.isEmpty) this.#outbox.write(comment, true)
      this.#flush()
    } catch (error) {
      this.fail(error)
    }
  }

  // What the transport reports

  /** The transport has room again. */
  ready(): void {
    if (this.#state === 'ending' || this.#state === 'over') return
    this.#outbox.hasRoom = true
    // What is not a whole piece may still grow until the turn ends.
    if (this.#stopped || !this.#turnEndComes || this.#outbox.isDue) this.#flush()
  }

  /** The transport has delivered everything. */
  delivered(): void {
    if (this.#stopped) this.#finish(this.#stopped)
  }

  /** The connection is closed. */
  gone(): void {
    this.drop('client-gone')
  }

  // What the watch sees

  get stalledSince(): number {
    return this.#outbox.hasRoom ? Infinity : this.#outbox.fullSince
  }

  get quietSince(): number {
    return this.#state === 'open' && this.isClear ? this.#outbox.lastWrite : Infinity
  }

  // Ending

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#stopped) this.#controller.abort(this.#stopped)
    return this.#controller.signal
  }

  get closed(): Promise<StreamClosed> {
    return (this.#closed ??= new Promise((resolve) => (this.#settle = resolve)))
  }

  follow(follower: Follower): void {
    if (this.#stopped) follower.onStop(this.#stopped)
    // Neither `push` nor a spread: both reserve room for 17.
    else this.#followers = this.#followers.concat(follower)
  }

  /** What a source throws because it was stopped is not an error. */
  report(error: unknown): void {
    if (
      !this.#stopped ||
      (error !== this.#stopped && (error as Error | undefined)?.name !== 'AbortError')
    )
      void callHook(this.#options.onError, error)
  }

  fail(error: unknown): void {
    const isUnsent = this.#state === 'unsent'
    const isRefused = isRefusal(error)
    // Otherwise the caller gets it, because nothing was sent.
    if (isRefused || this.#stopped || !isUnsent) this.report(error)
    if (this.#stopped) return
    if (!isRefused && isUnsent) {
      this.#transport.reject(error)
      this.#finish(new StreamClosed('error', error))
    } else if (isRefused && isUnsent && (this.#options.refusal === 'status' || !canComeBack(error)))
      this.#answer(error.status, 'error', error)
    else
      this.#closeWith(
        isRefused && canComeBack(error) ? resetOf(error) : this.#errorEvent(error),
        error,
      )
  }

  finish(): void {
    this.#isUsedUp = !this.#stopped
    this.close('done')
  }

  /** @param block - what the client is sent last */
  close(reason: CloseReason, cause?: unknown, block = ''): void {
    if (this.#stopped) return
    const end = new StreamClosed(reason, cause)
    try {
      this.open()
      this.#outbox.append(block)
      if (reason === 'done' && this.#options.final) this.#outbox.append(FINAL)
      this.#stop(end)
      this.#state = 'closing'
      this.#flush()
    } catch (error) {
      if (this.#stopped) this.report(error)
      this.#transport.reject(error)
      this.#finish(end)
    }
  }

  drop(reason: CloseReason, cause?: unknown): void {
    if (this.#state === 'over') return
    const end = new StreamClosed(reason, cause)
    this.#state = 'over'
    this.#transport.destroy(end)
    this.#finish(end)
  }

  /** Closes with an error. `block` comes before the time after which the client may come back. */
  #closeWith(block: string, error: unknown): void {
    const retry = Math.max(this.#options.retry ?? 0, backoff())
    this.close('error', error, `retry: ${retry}\n\n${block}`)
  }

  #errorEvent(error: unknown): string {
    const { formatError } = this.#options
    let block = STREAM_ERROR
    try {
      if (formatError) {
        const event = formatError(error)
        block = event ? encode(event) : ''
      }
    } catch (fault) {
      this.report(fault)
    }
    if (block) this.events++
    return block
  }

  #answer(status: number, reason: CloseReason, cause?: unknown): void {
    try {
      this.#transport.answer(status, status === 503 ? Math.ceil(backoff() / 1000) : undefined)
    } catch (error) {
      this.#transport.reject(error)
    }
    this.#finish(new StreamClosed(reason, cause))
  }

  /** Everything is written. */
  #end(): void {
    this.#state = 'ending'
    this.#outbox.close()
    this.#transport.end()
  }

  /** Takes no more events, and tells the source. */
  #stop(end: StreamClosed): void {
    if (this.#stopped) return
    this.#stopped = end
    this.#outbox.wake()
    this.#controller?.abort(end)
    for (const follower of this.#followers) follower.onStop(end)
  }

  /** The stream is over, and `onClose` is called. */
  #finish(end: StreamClosed): void {
    this.#state = 'over'
    this.#stop(end)
    this.#outbox.clear()
    if (this.#watch) this.#clock.remove(this.#watch)
    this.#closed ??= Promise.resolve(end)
    this.#settle?.(end)
    void callHook(this.#options.onClose, {
      reason: end.reason,
      error: end.cause,
      events: this.events,
      bytes: this.#outbox.sent,
      milliseconds: currentTime() - this.#began,
    })
  }
}

/** At random, so that clients do not come back together. */
function backoff(): number {
  return Math.round(BACKOFF * (1 + Math.random()))
}

/** Whether it helps the client to come back, without its `Last-Event-ID` if that was the fault. */
function canComeBack(error: StreamError): boolean {
  return error.status === 503 || error.code === 'last-event-id-too-long'
}

/** A block with an empty id resets the id that the client would come back with. */
function resetOf(error: StreamError): string {
  return error.status === 400 ? 'id:\n\n' : ''
}

function endTurn(stream: ResponseStream): void {
  stream.turnEnded()
}
