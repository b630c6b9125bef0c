import { type Clock, clockOfStream, TICK, type Ticking } from './clock.ts'
import { decline } from './decline.ts'
import { encode } from './encode.ts'
import { StreamClosed, StreamError } from './errors.ts'
import { Frame } from './frame.ts'
import { FINAL, readLastEventId } from './head.ts'
import { comment, type Limits, limitsOf } from './limits.ts'
import { Outbox } from './outbox.ts'
import { onAbort } from './signals.ts'
import { atTurnEnd } from './turn.ts'
import type {
  CloseReason,
  StreamSource,
  EventStream,
  SseEvent,
  StreamOptions,
  UntrustedText,
} from './types.ts'

/** All that a platform has to do for a stream. */
export interface Transport {
  /** Makes the head ready. Bytes follow within the turn. */
  open(): void
  /** Takes bytes. False: it holds as many as it should, and will call {@link Lifecycle.ready}. */
  write(bytes: Uint8Array<ArrayBuffer>): boolean
  /** Delivers what it has taken, and ends the response. {@link Lifecycle.gone} tells when that is done. */
  end(): void
  /** Drops the client, and what it has not read. */
  destroy(end: StreamClosed): void
  /** Nothing was sent: answers with the status of a refusal, and makes the platform's error of all else. */
  refuse(error: unknown): void
}

type EventIterator = Iterator<SseEvent | Frame> | AsyncIterator<SseEvent | Frame>

/** How many bytes may wait, in high-water marks, if a source goes on sending without waiting; and the least that may. */
const PATIENCE = 16
const LEAST_PATIENCE = 1 << 20

/** For a client: it must give nothing away of what went wrong, which may hold a password or a path. */
const SORRY: SseEvent = {
  event: 'error',
  data: '{"message":"The server could not continue this stream."}',
}

const settled: Promise<void> = /* @__PURE__ */ Promise.resolve()
const ignore = (): void => {}

/** The lifecycle behind the stream that a source was given: for the hub. */
export const lifecycleOf: unique symbol = /* @__PURE__ */ Symbol()

/**
 * One stream, from its request to its end, without a platform in it.
 *
 * - `waiting`: nothing has been sent. The first event opens the stream, or else the end of the turn in which it
 *   began; an error before that becomes an HTTP error.
 * - `open`: events gather in the outbox, and leave it at the end of the turn, or earlier when they fill a piece,
 *   while the transport has room. While as much as the high-water mark is left in it, the source waits.
 * - `over`: by one call of `close`, whatever the reason. Every wait is settled, and the source's iterator returned.
 */
export class Lifecycle implements Ticking {
  readonly #transport: Transport
  readonly #options: StreamOptions
  readonly #limits: Limits
  readonly #clock: Clock = clockOfStream()
  readonly #outbox: Outbox = new Outbox()
  readonly #began: number = performance.now()

  #state: 'waiting' | 'open' | 'over' = 'waiting'
  /** Set as soon as the stream is being closed. */
  #end: StreamClosed | undefined
  #iterator: EventIterator | undefined
  #controller: AbortController | undefined
  /** Those who wait for room. */
  #waiters: (() => void)[] = []
  /** What is left to do at the end. */
  #farewells: ((end: StreamClosed) => void)[] = []

  #hasRoom = true
  #turnEndComes = false
  #events = 0
  #bytes = 0

  /** When the stream must be over: by `maxDuration` while it is open, then because its client reads no further. */
  #deadline: number
  #lastWrite: number = this.#began
  /** Since when the transport has been full; infinite while it is not. */
  #fullSince = Infinity
  /** How many events there were when the clock last looked, and since when. */
  #eventsSeen = 0
  #idleSince: number = this.#began

  /** Called when the transport has room and the outbox is empty: for the hub, which has a queue of its own. */
  onRoom: (() => void) | undefined

  constructor(transport: Transport, options: StreamOptions) {
    this.#transport = transport
    this.#options = options
    this.#limits = limitsOf(options)
    // Up to a tenth early, so that clients that came together do not come back together.
    this.#deadline = this.#began + this.#limits.maxDuration * (1 - Math.random() / 10)
  }

  /** @param header - the client's `Last-Event-ID` */
  start(source: StreamSource<never>, header: string | null | undefined): void {
    const { signal } = this.#options
    let lastEventId: UntrustedText | undefined
    let its = source
    try {
      lastEventId = readLastEventId(header, this.#options.lastEventId)
    } catch (error) {
      decline(source)
      its = () => {
        throw error
      }
    }
    if (signal) this.closeOn(signal, 'shutdown')
    if (!this.#end) {
      this.#clock.add(this)
      this.#endTurn()
    }
    void this.#run(its, lastEventId)
  }

  /** Closes the stream when `signal` aborts, and lets go of the signal when the stream is over. */
  closeOn(signal: AbortSignal, reason: CloseReason): void {
    const close = (): void => this.close(reason)
    if (signal.aborted) return close()
    this.#farewells.push(onAbort(signal, close))
  }

  /** The transport has room again. */
  ready(): void {
    this.#hasRoom = true
    this.#fullSince = Infinity
    // What is not a piece yet may still grow until the turn ends.
    if (!this.#turnEndComes || this.#outbox.hasPiece) this.#flush()
  }

  /** The connection is no more: the client hung up, or has everything. */
  gone(): void {
    this.close('client-gone')
    this.#clock.remove(this)
  }

  send(event: SseEvent | Frame): Promise<void> {
    if (this.#end) return rejected(this.#end)
    this.#append(event)
    const { highWaterMark } = this.#limits
    if (!this.#outbox.holds(highWaterMark)) return settled
    // The source does not wait, so nothing but this keeps what it sends from filling the memory.
    if (
      this.#waiters.length > 0 &&
      this.#outbox.holds(Math.max(PATIENCE * highWaterMark, LEAST_PATIENCE))
    )
      this.close('slow')
    const sent = this.#room().then(() => {
      if (this.#end) throw this.#end
    })
    sent.catch(ignore)
    return sent
  }

  /** Whether bytes can go straight to the transport. */
  get isClear(): boolean {
    return this.#hasRoom && !this.#end && this.#outbox.isEmpty
  }

  /** Sends bytes that were encoded elsewhere, while {@link isClear}. */
  pass(bytes: Uint8Array<ArrayBuffer>, events: number): void {
    this.#open()
    const prelude = this.#outbox.shift()
    if (prelude) this.#write(prelude)
    this.#events += events
    this.#write(bytes)
  }

  get closed(): Promise<StreamClosed> {
    return new Promise((resolve) => this.atEnd(resolve))
  }

  atEnd(farewell: (end: StreamClosed) => void): void {
    if (this.#end) farewell(this.#end)
    else this.#farewells.push(farewell)
  }

  close(reason: CloseReason, cause?: unknown): void {
    if (this.#end) return
    this.#end = new StreamClosed(reason, cause)
    try {
      this.#part(this.#end)
    } catch (error) {
      this.#report(error)
      this.#transport.refuse(error)
      this.#clock.remove(this)
    }
    this.#state = 'over'
    for (const wake of this.#waiters.splice(0)) wake()
    this.#return()
    this.#controller?.abort(this.#end)
    for (const farewell of this.#farewells.splice(0)) farewell(this.#end)
    const summary = {
      reason,
      error: cause,
      events: this.#events,
      bytes: this.#bytes,
      milliseconds: performance.now() - this.#began,
    }
    tell(this.#options.onClose, summary)
  }

  tick(now: number): void {
    const { heartbeat, beat, idleTimeout, stallTimeout } = this.#limits
    if (now >= this.#deadline) this.#expire()
    if (this.#eventsSeen !== this.#events) this.#idleSince = now
    this.#eventsSeen = this.#events
    if (now - this.#idleSince >= idleTimeout) this.close('idle')
    if (now - this.#fullSince >= stallTimeout) this.close('slow')
    // Rather early than late: a proxy that waits just as long would have hung up.
    if (now + TICK - this.#lastWrite > heartbeat && this.#state === 'open' && this.isClear)
      // A copy: whoever reads a body owns its chunks, and may write into them.
      this.#write(beat.slice())
  }

  /** @internal */
  turnEnded(): void {
    this.#turnEndComes = false
    if (this.#end) return
    try {
      this.#open()
      // The first bytes take the head with them.
      if (this.#bytes === 0 && this.#outbox.isEmpty) this.#write(comment.slice())
      this.#flush()
    } catch (error) {
      this.fail(error)
    }
  }

  async #run(source: StreamSource<never>, lastEventId: UntrustedText | undefined): Promise<void> {
    let asking = false
    try {
      // Nobody is there any more: a function is not called, and an iterator only returned.
      const made =
        typeof source !== 'function'
          ? source
          : this.#end
            ? undefined
            : source(new Handle(this, lastEventId))
      const value = (await made) as AsyncIterable<SseEvent | Frame> | undefined
      const iterator = (this.#iterator =
        value?.[Symbol.asyncIterator]?.() ??
        (made as Iterable<SseEvent | Frame> | undefined)?.[Symbol.iterator]?.())
      if (!iterator && typeof source !== 'function')
        throw new StreamError('bad-source', 'The source must be iterable, or a function.')
      while (!this.#end) {
        if (!iterator) break
        asking = true
        const next = iterator.next()
        const step = 'then' in next ? await next : next
        asking = false
        if (step.done) {
          this.#iterator = undefined
          break
        }
        if (this.#end) break
        this.#append(step.value)
        if (this.#outbox.holds(this.#limits.highWaterMark)) await this.#room()
      }
      if (this.#end) this.#return()
      else this.close('done')
    } catch (error) {
      // An iterator that throws is finished, and is not to be returned.
      if (asking) this.#iterator = undefined
      this.fail(error)
    }
  }

  #return(): void {
    const iterator = this.#iterator
    this.#iterator = undefined
    // Asynchronous, so that whatever goes wrong in it comes out here.
    const giveBack = async (): Promise<unknown> => iterator?.return?.()
    giveBack().catch((error: unknown) => this.#report(error))
  }

  #append(event: SseEvent | Frame): void {
    // Encoded first: an event that cannot be sent must not open the stream.
    const block = event instanceof Frame ? event.text : encode(event)
    this.#open()
    this.#events++
    this.#outbox.append(block)
    if (this.#hasRoom && this.#outbox.hasPiece) this.#flush()
    else this.#endTurn()
  }

  #open(): void {
    if (this.#state !== 'waiting') return
    this.#transport.open()
    this.#state = 'open'
    this.#outbox.append(this.#limits.prelude)
  }

  #endTurn(): void {
    if (this.#turnEndComes) return
    this.#turnEndComes = true
    atTurnEnd(endTurn, this)
  }

  #flush(): void {
    while (this.#hasRoom) {
      const piece = this.#outbox.shift()
      if (!piece) break
      this.#write(piece)
    }
    if (this.#waiters.length > 0 && !this.#outbox.holds(this.#limits.highWaterMark))
      for (const wake of this.#waiters.splice(0)) wake()
    if (this.#hasRoom) this.onRoom?.()
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes += bytes.length
    this.#lastWrite = performance.now()
    this.#hasRoom = false
    try {
      this.#hasRoom = this.#transport.write(bytes)
    } catch (error) {
      // Many share a turn, or the clock's round: it must not be the others who learn of this.
      this.#report(error)
      this.close('client-gone', error)
    }
    if (!this.#hasRoom) this.#fullSince = Math.min(this.#fullSince, this.#lastWrite)
  }

  #room(): Promise<void> {
    return this.#end ? settled : new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** The last that the client gets, by the reason. */
  #part(end: StreamClosed): void {
    const { reason, cause } = end
    if (reason === 'error' && this.#state === 'waiting') this.#transport.refuse(cause)
    else if (reason === 'client-gone' || reason === 'slow') this.#transport.destroy(end)
    else {
      this.#open()
      if (reason === 'done' && this.#options.final) this.#outbox.append(FINAL)
      // No more is left than the outbox may hold, so the transport takes it, room or no room.
      for (let piece = this.#outbox.shift(); piece; piece = this.#outbox.shift()) this.#write(piece)
      this.#deadline = performance.now() + this.#limits.stallTimeout
      return this.#transport.end()
    }
    this.#outbox.clear()
    this.#clock.remove(this)
  }

  #expire(): void {
    if (!this.#end) return this.close('expired')
    this.#transport.destroy(this.#end)
    this.#clock.remove(this)
  }

  fail(error: unknown): void {
    this.#report(error)
    if (this.#state === 'open') {
      const { formatError } = this.#options
      try {
        const event = formatError ? formatError(error) : SORRY
        if (event) this.#append(event)
      } catch (fault) {
        this.#report(fault)
        this.#append(SORRY)
      }
    }
    this.close('error', error)
  }

  /** What a source throws because it was told to stop is no error. */
  #report(error: unknown): void {
    if (!this.#end || (error !== this.#end && (error as Error | undefined)?.name !== 'AbortError'))
      tell(this.#options.onError, error)
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#end) this.#controller.abort(this.#end)
    return this.#controller.signal
  }
}

/** Its members work on their own because each is made when asked for: kept ready, they would cost half a kilobyte. */
class Handle implements EventStream {
  readonly [lifecycleOf]: Lifecycle
  readonly lastEventId: UntrustedText | undefined

  constructor(lifecycle: Lifecycle, lastEventId: UntrustedText | undefined) {
    this[lifecycleOf] = lifecycle
    this.lastEventId = lastEventId
  }

  get signal(): AbortSignal {
    return this[lifecycleOf].signal
  }

  get closed(): Promise<StreamClosed> {
    return this[lifecycleOf].closed
  }

  get send(): EventStream['send'] {
    return (event) => this[lifecycleOf].send(event)
  }

  get emit(): EventStream['emit'] {
    return (name, payload, fields) =>
      this.send({ ...fields, event: name, data: JSON.stringify(payload) })
  }

  get close(): EventStream['close'] {
    return () => this[lifecycleOf].close('done')
  }
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

/** A rejection that nobody may be waiting for, which is no reason to end the process. */
function rejected(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason)
  promise.catch(ignore)
  return promise
}
