import { encode, encodedText } from '../encode.ts'
import { type CloseReason, StreamClosed, StreamError } from '../errors.ts'
import type {
  EncodedEvents,
  EventStreamOptions,
  Follower,
  Outlet,
  SseEventInit,
  UntrustedText,
} from '../types.ts'
import { answerWithoutStream, FINAL, readLastEventId, type StreamRequest } from './admission.ts'
import { type Clock, clockOfStream, currentTime, type Turning } from './clock.ts'
import { type Farewell, farewellFor } from './failure.ts'
import type { Handled } from './handle.ts'
import { callHook } from './hooks.ts'
import { COMMENT, type Limits, limitsOf } from './limits.ts'
import { none } from './options.ts'
import { Outbox } from './outbox.ts'
import { type Pumped, SOURCE_RETURNED } from './pump.ts'
import { onAbort } from './signals.ts'
import type { Answer, Chunk, Reported, Sink, Transport } from './transport.ts'
import { type Limited, Watch } from './watch.ts'

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

const settled: Promise<void> = /* @__PURE__ */ Promise.resolve()
const empty: readonly never[] = []

/**
 * The state of one response, from its request to its end, without a platform in it. A stream ends in one of three ways,
 * and each of them finishes it once: `#end` after what waits, `drop` at once, and `fail` before anything was sent.
 */
export class ResponseStream implements Handled, Limited, Outlet, Pumped, Reported, Sink, Turning {
  readonly #transport: Transport
  readonly #options: EventStreamOptions
  #reject: ((error: unknown) => void) | undefined
  readonly #outbox: Outbox
  readonly #clock: Clock = clockOfStream()
  readonly #began: number = currentTime()
  #limits!: Limits
  #watch: Watch | undefined
  #state: State = 'unsent'
  #followers: readonly Follower[] = empty
  #controller: AbortController | undefined
  /** Why the stream takes no more events. */
  #stopped: StreamClosed | undefined
  #closed: Promise<StreamClosed> | undefined
  #settle: ((end: StreamClosed) => void) | undefined
  /** Lets go of the signals. */
  #listening: readonly (() => void)[] = empty
  #turnEndComes = false
  /** The source is used up, and a late `send` was not reported yet. */
  #isUsedUp = false

  /** @param reject - hands an error to the caller, because nothing was sent */
  constructor(transport: Transport, options: EventStreamOptions, reject: (error: unknown) => void) {
    this.#transport = transport
    this.#options = options ?? none
    this.#reject = reject
    this.#outbox = new Outbox(this, transport.lengthOf, this.#options.onWrite)
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
      this.#transport.connect(this, headers)
      const answer = answerWithoutStream(request, lastEventId)
      if (answer) this.#end(new StreamClosed('done'), { answer })
      else id = readLastEventId(request.lastEventId, lastEventId)
      this.#stopOn(request.signal, (it) => it.gone())
      this.#stopOn(signal, (it) => it.close('shutdown'))
    } catch (error) {
      this.fail(error)
    }
    if (this.#state === 'over') return undefined
    this.#watch = new Watch(this, this.#outbox, this.#limits)
    this.#clock.add(this.#watch)
    if (!waits) this.begin()
    return id
  }

  /** From now on the caller is handed no error. */
  detach(): void {
    this.#reject = undefined
  }

  get hasCaller(): boolean {
    return this.#reject !== undefined
  }

  begin(): void {
    if (this.#turnEndComes) return
    this.#turnEndComes = true
    this.#clock.atTurnEnd(this)
  }

  /** Runs when `signal` aborts, until the stream is over. */
  #stopOn(signal: AbortSignal | undefined, stop: (stream: this) => void): void {
    if (signal?.aborted) stop(this)
    else if (signal && this.#state !== 'over')
      this.#listening = this.#listening.concat(onAbort(signal, () => stop(this)))
  }

  /** Sends the head, if that was not done. */
  open(answer?: Answer): void {
    if (this.#state !== 'unsent') return
    this.#transport.open(answer)
    this.#state = 'open'
    if (!answer) this.#outbox.append(this.#limits.prelude, 0)
  }

  // Sending

  get isStopped(): boolean {
    return this.#stopped !== undefined
  }

  get isFull(): boolean {
    return this.#outbox.exceeds(this.#limits.highWaterMark)
  }

  get isClear(): boolean {
    return !this.isStopped && this.#outbox.hasRoom && this.#outbox.isEmpty
  }

  add(event: SseEventInit): void {
    // Encoded first: an event that cannot be sent must not open the stream.
    const block = encodedText.get(event) ?? encode(event)
    this.open()
    this.#outbox.append(block, 1)
    if (this.#outbox.isDue) this.#flush()
    else this.begin()
  }

  send(event: SseEventInit): Promise<void> {
    try {
      if (!this.isStopped) {
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
    return this.isStopped ? settled : this.#outbox.room()
  }

  sendBatch(batch: EncodedEvents): void {
    this.open()
    // What the stream begins with.
    this.#outbox.flush(Infinity)
    this.#outbox.events += batch.events
    this.#outbox.write(batch.bytes, true)
    // What is longer than one write: a connection that still has room does not report it.
    this.#outbox.flush(Infinity)
    // `onWrite` has closed it.
    if (this.#state === 'closing') this.#flush()
  }

  beat(): void {
    this.#outbox.append(this.#limits.beat, 0)
    this.#flush()
  }

  /** Passes a chunk from the outbox to the transport. */
  write(chunk: Chunk, shared: boolean): boolean {
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
    if (this.#state !== 'closing') {
      for (const follower of this.#followers) follower.onRoom?.()
      return
    }
    this.#state = 'ending'
    this.#outbox.close()
    this.#transport.end()
  }

  turnEnded(): void {
    this.#turnEndComes = false
    if (this.isStopped) return
    try {
      this.open()
      // The first bytes take the head with them.
      if (this.#outbox.sent === 0 && this.#outbox.isEmpty) this.#outbox.append(COMMENT, 0)
      this.#flush()
    } catch (error) {
      this.fail(error)
    }
  }

  // What the transport reports

  ready(): void {
    if (this.#state === 'ending' || this.#state === 'over') return
    this.#outbox.hasRoom = true
    // What is not a whole piece may still grow until the turn ends.
    if (this.isStopped || !this.#turnEndComes || this.#outbox.isDue) this.#flush()
  }

  delivered(): void {
    if (this.#stopped) this.#finish(this.#stopped)
  }

  gone(): void {
    this.drop('client-gone')
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

  /** A follower that is added too late is notified at once. */
  follow(follower: Follower): void {
    if (this.#stopped) follower.onStop(this.#stopped)
    // Neither `push` nor a spread: both reserve room for 17.
    else this.#followers = this.#followers.concat(follower)
  }

  /** What a source throws because it was stopped is not an error. */
  report(error: unknown): void {
    const stopped = this.#stopped
    if (!stopped || (error !== stopped && (error as Error | undefined)?.name !== 'AbortError'))
      void callHook(this.#options.onError, error)
  }

  fail(error: unknown): void {
    if (this.isStopped) return this.report(error)
    const end = new StreamClosed('error', error)
    const farewell = farewellFor(error, this.#state === 'unsent', this.#options, this)
    if (farewell) return this.#end(end, farewell)
    this.#reject?.(error)
    this.#finish(end)
  }

  finish(): void {
    this.#isUsedUp = !this.isStopped
    this.close('done')
  }

  close(reason: CloseReason): void {
    const isFinal = reason === 'done' && this.#options.final
    this.#end(new StreamClosed(reason), isFinal ? { block: FINAL } : {})
  }

  /** The stream takes no more events. */
  #stop(end: StreamClosed): void {
    if (!this.#stopped) {
      this.#stopped = end
      this.#controller?.abort(end)
      // A follower that throws must not keep the others from being notified.
      for (const follower of this.#followers) void callHook(() => follower.onStop(end))
    }
    this.#outbox.wake()
  }

  /** Ends the stream after what waits and a farewell. */
  #end(end: StreamClosed, { answer, block = '', events = 0 }: Farewell): void {
    if (this.isStopped) return
    try {
      this.open(answer)
      this.#outbox.append(block, events)
      this.#stop(end)
      this.#state = 'closing'
      this.#flush()
    } catch (error) {
      this.report(error)
      this.#reject?.(error)
      this.#finish(new StreamClosed('error', error))
    }
  }

  /** Ends the stream at once. What waits is lost. */
  drop(reason: CloseReason, cause?: unknown): void {
    if (this.#state === 'over') return
    const end = new StreamClosed(reason, cause)
    this.#state = 'over'
    this.#transport.destroy(end)
    this.#finish(end)
  }

  /** The stream is over, and `onClose` is called. */
  #finish(end: StreamClosed): void {
    this.#state = 'over'
    this.#stop(end)
    this.#outbox.clear()
    for (const release of this.#listening) release()
    if (this.#watch) this.#clock.remove(this.#watch)
    this.#settle?.(end)
    // For those who ask later.
    this.#closed ??= Promise.resolve(end)
    void callHook(this.#options.onClose, {
      reason: end.reason,
      error: end.cause,
      events: this.#outbox.events,
      bytes: this.#outbox.sent,
      milliseconds: currentTime() - this.#began,
    })
  }
}
