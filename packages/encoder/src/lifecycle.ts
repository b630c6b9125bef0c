import { type Clock, clockOfStream, milliseconds, TICK, type Ticking } from './clock.ts'
import { Drive } from './drive.ts'
import { encode } from './encode.ts'
import { isRefusal, StreamClosed } from './errors.ts'
import { Frame } from './frame.ts'
import { FINAL, FINAL_ID, readLastEventId } from './head.ts'
import { comment, type Limits, limitsOf } from './limits.ts'
import { Outbox } from './outbox.ts'
import { onAbort } from './signals.ts'
import type { Transport } from './transport.ts'
import { atTurnEnd } from './turn.ts'
import type {
  CloseReason,
  SseEventInit,
  EventStreamOptions,
  StreamSource,
  UntrustedText,
} from './types.ts'

/** What goes along with a stream. */
export interface Follower {
  /** The stream is over. */
  onEnd(end: StreamClosed): void
  /** The transport has room and the outbox is empty. */
  onRoom?(): void
}

/** How many bytes may wait, in high-water marks, if a source goes on sending without waiting; and the least that may. */
const PATIENCE = 16
const LEAST_PATIENCE = 1 << 20

/** For a client: it must give nothing away of what went wrong, which may hold a password or a path. */
const SORRY: SseEventInit = {
  event: 'error',
  data: '{"message":"The server could not continue this stream."}',
}

const settled: Promise<void> = /* @__PURE__ */ Promise.resolve()

/**
 * One stream, from its request to its end, without a platform in it.
 *
 * - Before it is open nothing has been sent. The first event opens it, or else the end of the turn in which it
 *   began; an error before that becomes an HTTP error.
 * - While it is open, events gather in the outbox, and leave it at the end of the turn, or earlier when they fill a
 *   piece, while the transport has room. While more than the high-water mark is left in it, the source waits.
 * - It is over by one call of `close`, whatever the reason: every wait is settled, and every follower told.
 */
export class Lifecycle implements Ticking {
  readonly #transport: Transport
  readonly #options: EventStreamOptions
  #limits!: Limits
  readonly #clock: Clock = clockOfStream()
  readonly #outbox: Outbox
  readonly #began: number = milliseconds()

  #isOpen = false
  /** Set as soon as the stream is being closed. */
  #end: StreamClosed | undefined
  #followers: readonly Follower[] = []
  #controller: AbortController | undefined
  #closed: Promise<StreamClosed> | undefined
  #turnEndComes = false
  #events = 0

  /** When the stream must be over: by `maxDuration` while it is open, then because its client reads no further. 0: never. */
  #deadline = 0
  /** How many events there were when the clock last looked, and since when. */
  #eventsSeen = 0
  #idleSince: number = this.#began

  constructor(transport: Transport, options: EventStreamOptions) {
    this.#transport = transport
    this.#options = options
    this.#outbox = new Outbox(transport, this)
  }

  /** Begins the stream, or answers without one. `header` is the client's `Last-Event-ID`, and `client` its signal. */
  start(
    source: StreamSource<never>,
    method?: string,
    header?: string | null,
    client?: AbortSignal,
  ): void {
    let id: UntrustedText | undefined
    try {
      const { headers, lastEventId, signal } = this.#options
      this.#limits = limitsOf(this.#options)
      this.#transport.prepare(headers)
      const isFinal = (lastEventId ?? header) === FINAL_ID
      if (isFinal || method === 'HEAD') {
        this.#transport.answer(isFinal ? 204 : 200)
        this.#end = new StreamClosed('done')
      } else {
        id = readLastEventId(header, lastEventId)
        if (client) this.#closeOn(client, 'client-gone')
        if (signal) this.#closeOn(signal, 'shutdown')
      }
    } catch (error) {
      this.fail(error)
    }
    if (!this.#end) {
      // Up to a tenth early, so that clients that came together do not come back together.
      this.#expireIn(this.#limits.maxDuration, 1 - Math.random() / 10)
      this.#clock.add(this)
      this.#endTurn()
    }
    // Also if it is over: what feeds the source may be under way already, such as another server's answer.
    void new Drive(this).run(source, id)
  }

  /** Closes the stream when `signal` aborts, and lets go of the signal when the stream is over. */
  #closeOn(signal: AbortSignal, reason: CloseReason): void {
    if (signal.aborted) this.close(reason)
    else this.follow({ onEnd: onAbort(signal, () => this.close(reason)) })
  }

  /** The transport has room again. */
  ready(): void {
    if (this.#end) return
    this.#outbox.hasRoom = true
    // What is not a piece yet may still grow until the turn ends.
    if (!this.#turnEndComes || this.#outbox.isDue) this.#flush()
  }

  /** The connection is no more: the client hung up, or has everything. */
  gone(): void {
    this.close('client-gone')
    this.#clock.remove(this)
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Whether more waits than may. */
  get isFull(): boolean {
    return this.#outbox.exceeds(this.#limits.highWaterMark)
  }

  /** Whether bytes can go straight to the transport. */
  get isClear(): boolean {
    return !this.#end && this.#outbox.hasRoom && this.#outbox.isEmpty
  }

  /** Takes an event, whether there is room or not. */
  add(event: SseEventInit | Frame): void {
    // Encoded first: an event that cannot be sent must not open the stream.
    const block = event instanceof Frame ? event.text : encode(event)
    this.#open()
    this.#events++
    this.#outbox.append(block)
    if (this.#outbox.isDue) this.#flush()
    else this.#endTurn()
  }

  /** Sends bytes that others send too, while {@link isClear}. */
  pass(bytes: Uint8Array<ArrayBuffer>, events: number): void {
    this.#open()
    // What the stream begins with.
    this.#outbox.empty()
    this.#events += events
    this.#outbox.write(bytes, true)
  }

  /** Settles when there is room, or never will be. */
  room(): Promise<void> {
    return this.#end ? settled : this.#outbox.room()
  }

  send(event: SseEventInit | Frame): Promise<void> {
    if (!this.#end) {
      this.add(event)
      if (!this.isFull) return settled
      const most = Math.max(PATIENCE * this.#limits.highWaterMark, LEAST_PATIENCE)
      // The source does not wait, so nothing but this keeps what it sends from filling the memory.
      if (this.#outbox.isAwaited && this.#outbox.exceeds(most)) this.close('slow')
    }
    const sent = this.room().then(() => {
      if (this.#end) throw this.#end
    })
    // Nobody may be waiting for it, which is no reason to end the process.
    sent.catch(() => {})
    return sent
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#end) this.#controller.abort(this.#end)
    return this.#controller.signal
  }

  get closed(): Promise<StreamClosed> {
    return (this.#closed ??= new Promise((resolve) => this.follow({ onEnd: resolve })))
  }

  /** Whether a promise is {@link closed}. */
  isItsEnd(promise: unknown): boolean {
    return promise !== undefined && promise === this.#closed
  }

  follow(follower: Follower): void {
    if (this.#end) follower.onEnd(this.#end)
    // Not by `push`, nor by a spread: both make room for 17.
    else this.#followers = this.#followers.concat(follower)
  }

  fail(error: unknown): void {
    // What nobody was sent anything before is thrown to the caller, unless the client has to be told.
    if (this.#isOpen || this.#end || isRefusal(error)) this.report(error)
    if (this.#isOpen && !this.#end) {
      const { formatError } = this.#options
      try {
        const event = formatError ? formatError(error) : SORRY
        if (event) this.add(event)
      } catch (fault) {
        this.report(fault)
        this.add(SORRY)
      }
    }
    this.close('error', error)
  }

  /** What a source throws because it was told to stop is no error. */
  report(error: unknown): void {
    if (!this.#end || (error !== this.#end && (error as Error | undefined)?.name !== 'AbortError'))
      tell(this.#options.onError, error)
  }

  close(reason: CloseReason, cause?: unknown): void {
    if (this.#end) return
    const end = (this.#end = new StreamClosed(reason, cause))
    try {
      this.#part(end)
    } catch (error) {
      if (this.#isOpen) this.report(error)
      this.#transport.reject(error)
      this.#clock.remove(this)
    }
    this.#outbox.wake()
    this.#controller?.abort(end)
    for (const follower of this.#followers) follower.onEnd(end)
    tell(this.#options.onClose, {
      reason,
      error: cause,
      events: this.#events,
      bytes: this.#outbox.sent,
      milliseconds: milliseconds() - this.#began,
    })
  }

  tick(now: number): void {
    const { heartbeat, beat, idleTimeout, stallTimeout } = this.#limits
    const { hasRoom, fullSince, lastWrite } = this.#outbox
    if (this.#deadline > 0 && now >= this.#deadline) this.#expire()
    if (this.#eventsSeen !== this.#events) this.#idleSince = now
    this.#eventsSeen = this.#events
    if (isDue(now, this.#idleSince, idleTimeout)) this.close('idle')
    if (!hasRoom && isDue(now, fullSince, stallTimeout)) this.close('slow')
    // Rather early than late: a proxy that waits just as long would have hung up.
    if (this.#isOpen && this.isClear && isDue(now + TICK, lastWrite, heartbeat))
      this.#outbox.write(beat, true)
  }

  /** @internal */
  turnEnded(): void {
    this.#turnEndComes = false
    if (this.#end) return
    try {
      this.#open()
      // The first bytes take the head with them.
      if (this.#outbox.sent === 0 && this.#outbox.isEmpty) this.#outbox.write(comment, true)
      this.#flush()
    } catch (error) {
      this.fail(error)
    }
  }

  #open(): void {
    if (this.#isOpen) return
    this.#transport.open()
    this.#isOpen = true
    this.#outbox.append(this.#limits.prelude)
  }

  #endTurn(): void {
    if (this.#turnEndComes) return
    this.#turnEndComes = true
    atTurnEnd(endTurn, this)
  }

  #flush(): void {
    this.#outbox.flush(this.#limits.highWaterMark)
    if (this.#outbox.hasRoom) for (const follower of this.#followers) follower.onRoom?.()
  }

  /** The last that the client gets, by the reason. */
  #part(end: StreamClosed): void {
    const { reason, cause } = end
    const outbox = this.#outbox
    if (reason === 'error' && !this.#isOpen) {
      if (isRefusal(cause)) this.#transport.answer(cause.status)
      else this.#transport.reject(cause)
    } else if (reason === 'client-gone' || reason === 'slow') this.#transport.destroy(end)
    else {
      this.#open()
      if (reason === 'done' && this.#options.final) outbox.append(FINAL)
      // No more is left than the outbox may hold, so the transport takes it, room or no room.
      outbox.empty()
      this.#expireIn(this.#limits.stallTimeout)
      return this.#transport.end()
    }
    outbox.clear()
    this.#clock.remove(this)
  }

  #expireIn(duration: number, part = 1): void {
    this.#deadline = duration && milliseconds() + Math.round(duration * part)
  }

  #expire(): void {
    if (!this.#end) return this.close('expired')
    this.#transport.destroy(this.#end)
    this.#clock.remove(this)
  }
}

/** Whether so much time has passed; 0 turns it off. */
function isDue(now: number, since: number, wait: number): boolean {
  return wait > 0 && now >= since + wait
}

function endTurn(stream: Lifecycle): void {
  stream.turnEnded()
}

/** What a hook throws is a bug to be seen, and not one for the other streams to suffer from. */
function tell<T>(hook: ((about: T) => void) | undefined, about: T): void {
  try {
    hook?.(about)
  } catch (error) {
    void Promise.reject(error)
  }
}
