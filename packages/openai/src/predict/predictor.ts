import type { Finished, StreamEnd } from '../accumulator/types.ts'
import { isEmpty, isWire, type Wire } from '../wire.ts'
import { type Known, knownOf } from './known.ts'
import { encoder } from './literal.ts'
import { match, Window } from './match.ts'
import { isWellFormed, learn } from './template.ts'

/** Builds a message from chunks: the accumulator, with or without prediction before it. */
export interface Builder<Message> {
  /** Takes a parsed chunk. `text` is the event's data, if the event says nothing else. */
  take(chunk: Wire, text?: string): void
  finish(end: StreamEnd): Finished<Message>
}

/** Reads events without parsing them, if they are like earlier ones. */
export interface Prediction {
  /** Whether it is worth while to read event by event. */
  readonly pays: boolean
  /** Takes the known events that begin at `from`, each within the limit, and returns where the rest begins. */
  read(chunk: Uint8Array, from: number, limit: number): number
  /** Is shown how an event is written that is about to be parsed. */
  observe(chunk: Uint8Array, start: number, end: number): void
  /** Takes an event by its data, if it is known. */
  takeText(text: string): boolean
}

/**
 * Learning costs about as much as parsing this many chunks, because its code is seldom run and so seldom optimised: a
 * shape has to come back that often first.
 */
const SIGHTINGS = 16
/** Most streams have one shape for text and one for arguments; a stream of several choices has one for each. */
const MAX_KNOWN = 16
const MAX_CANDIDATES = 64
/** Larger chunks are not learnt. */
const MAX_TEXT = 16_384
/** Credit grows with each event that is known, and is spent on learning and on events that match nothing. */
const CREDIT = 96
const MAX_CREDIT = 512
const COST_OF_LEARNING = 12
/** Smaller windows are copied, which takes 15 ns; making a `DataView` takes 80. */
const SCRATCH = 4096

const CR = 0x0d
const SPACE = 0x20

/** A shape that was seen, and may be learnt when it comes back. */
interface Candidate {
  text: string
  known: Known | undefined
  readonly varying: Set<string>
  /** How often it has to be seen before it is learnt, from now on. */
  wait: number
  /** How long that was the last time. */
  patience: number
}

/**
 * Stands before an accumulator: compares the bytes of an event with those of earlier ones, copies the leaves in which
 * they differ, and pushes one chunk in place of many. Events that differ anywhere else are not read here.
 */
export class Predictor<Message> implements Builder<Message>, Prediction {
  readonly #target: Builder<Message>
  /** Whether each event is pushed by itself, because a listener hears of each. */
  readonly #isEager: boolean
  readonly #candidates = new Map<string, Candidate>()
  readonly #known: Known[] = []
  /** The one that matched last; it alone has anything that waits. */
  #current: Known | undefined
  #count = 0
  #credit = CREDIT
  /** What stands around the data of an event. */
  #before = 'data: '
  #after = '\n\n'
  #scratch: Uint8Array | undefined
  #scratchView: DataView | undefined

  constructor(target: Builder<Message>, isEager: boolean) {
    this.#target = target
    this.#isEager = isEager
  }

  get pays(): boolean {
    return this.#credit > 0
  }

  take(chunk: Wire, text?: string): void {
    this.#flush()
    this.#target.take(chunk)
    if (++this.#count > SIGHTINGS && this.#credit > 0 && text !== undefined)
      this.#learn(chunk, text)
  }

  finish(end: StreamEnd): Finished<Message> {
    this.#flush()
    return this.#target.finish(end)
  }

  read(chunk: Uint8Array, from: number, limit: number): number {
    if (this.#known.length === 0) return from
    const window = this.#windowOn(chunk)
    let at = from
    for (;;) {
      const end = this.#match(window, at)
      if (end < 0 || end - at > limit) return at
      this.#took()
      at = end
    }
  }

  takeText(text: string): boolean {
    if (this.#known.length === 0 || !isWellFormed(text)) return false
    const bytes = encoder.encode(this.#before + text + this.#after)
    if (this.#match(this.#windowOn(bytes), 0) !== bytes.length) return false
    this.#took()
    return true
  }

  observe(bytes: Uint8Array, start: number, end: number): void {
    if (this.#count <= SIGHTINGS) return
    this.#credit -= this.#known.length > 0 ? 1 : 0.25
    if (bytes[start] !== 0x64) return
    const before = bytes[start + 5] === SPACE ? 'data: ' : 'data:'
    const after = bytes[end - 2] === CR ? '\r\n\r\n' : '\n\n'
    if (before === this.#before && after === this.#after) return
    this.#before = before
    this.#after = after
    this.#forget()
  }

  #windowOn(chunk: Uint8Array): Window {
    const { length } = chunk
    if (length > SCRATCH)
      return new Window(chunk, new DataView(chunk.buffer, chunk.byteOffset, length), length)
    const scratch = (this.#scratch ??= new Uint8Array(SCRATCH))
    this.#scratchView ??= new DataView(scratch.buffer)
    scratch.set(chunk)
    return new Window(scratch, this.#scratchView, length)
  }

  /** The end of the event that begins at `at`, if a template matches it: that one is the current one then. */
  #match(window: Window, at: number): number {
    const current = this.#current
    const likely = current?.next ?? current
    if (likely !== undefined) {
      const end = match(likely, window, at)
      if (end >= 0) return this.#turnTo(likely, end)
    }
    for (const known of this.#known) {
      if (known === likely) continue
      const end = match(known, window, at)
      if (end >= 0) return this.#turnTo(known, end)
    }
    return -1
  }

  #turnTo(known: Known, end: number): number {
    const current = this.#current
    if (current !== undefined) current.next = known
    if (current !== known) {
      this.#flush()
      this.#current = known
    }
    return end
  }

  #took(): void {
    if (this.#credit < MAX_CREDIT) this.#credit++
    const isFull = this.#current?.take() ?? false
    if (isFull || this.#isEager) this.#flush()
  }

  #flush(): void {
    const chunk = this.#current?.chunk()
    if (chunk !== undefined) this.#target.take(chunk)
  }

  #forget(): void {
    this.#flush()
    this.#current = undefined
    this.#known.length = 0
    this.#candidates.clear()
  }

  /** Learns a shape that has come back. A shape whose template does not match waits longer each time. */
  #learn(chunk: Wire, text: string): void {
    const shape = text.length > MAX_TEXT ? undefined : shapeOf(chunk)
    if (shape === undefined) return
    const candidate = this.#candidates.get(shape)
    if (candidate === undefined) {
      if (this.#candidates.size < MAX_CANDIDATES)
        this.#candidates.set(shape, {
          text,
          known: undefined,
          varying: new Set(),
          wait: this.#known.length > 0 ? SIGHTINGS / 4 : 1,
          patience: SIGHTINGS,
        })
      return
    }
    if (--candidate.wait > 0) return
    this.#credit -= COST_OF_LEARNING
    const template = learn(candidate.text, text, chunk, candidate.varying)
    candidate.text = text
    const hasPaid = (candidate.known?.hits ?? 0) >= 2 * COST_OF_LEARNING
    if (!hasPaid) candidate.patience *= 2
    candidate.wait = hasPaid ? 1 : candidate.patience / 2
    this.#remove(candidate.known)
    candidate.known = template && knownOf(template, this.#before, this.#after)
    if (candidate.known === undefined) return
    if (this.#known.length >= MAX_KNOWN) this.#remove(this.#known.at(-1))
    this.#known.unshift(candidate.known)
  }

  #remove(known: Known | undefined): void {
    const at = known === undefined ? -1 : this.#known.indexOf(known)
    if (at < 0) return
    this.#known.splice(at, 1)
    for (const other of this.#known) if (other.next === known) other.next = undefined
    if (this.#current === known) this.#current = undefined
  }
}

/** What tells shapes of chunks apart, without looking at their text. `undefined` for chunks that are never learnt. */
function shapeOf(chunk: Wire): string | undefined {
  const { choices, usage } = chunk
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > 8) return undefined
  let shape = isEmpty(usage) ? '' : 'usage '
  for (const choice of choices) {
    if (!isWire(choice)) return undefined
    const { index, delta, finish_reason: reason, logprobs } = choice
    shape += `${index} ${isEmpty(reason)}${isEmpty(logprobs)}`
    if (!isWire(delta)) continue
    for (const key of Object.keys(delta)) {
      const value = delta[key]
      if (value !== null) shape += ` ${key}${typeof value}`
      if (key === 'tool_calls' && Array.isArray(value))
        shape += isWire(value[0]) ? `${value[0]['index']} ${isEmpty(value[0]['id'])}` : ''
    }
  }
  return shape
}
