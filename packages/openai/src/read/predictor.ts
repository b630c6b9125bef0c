import type { ChunkAccumulator } from '../accumulator/accumulator.ts'
import { isWire } from '../accumulator/cells.ts'
import type { Prediction } from './interpreter.ts'
import { holds, type Known, knownOf, settle } from './known.ts'
import { encoder } from './literal.ts'
import { match, Window } from './match.ts'
import { learn } from './template.ts'

/** Most streams have one shape of chunk for text and one for arguments; those of several choices have one for each. */
const MAX_TEMPLATES = 16
/** Learning costs as much as a few chunks: who does not come back often enough is not learnt any more. */
const COST = 8
const MAX_CREDIT = 256
/** So does it to have an event parsed alone, in part. */
const MISS = 1 / 8
/** What is so small is copied, which takes 15 ns, where making a `DataView` takes 80. */
const SCRATCH = 4096

const CR = 0x0d
const SPACE = 0x20

/**
 * Reads events by what is known of those before them: compares their bytes with a template, takes what stands in the
 * holes, and feeds it to the accumulator. What differs anywhere else is not read here at all.
 */
export class Predictor implements Prediction {
  readonly #accumulator: ChunkAccumulator
  readonly #isTold: boolean
  /** The first is the one that came last, and alone has letters that wait. */
  #known: Known[] = []
  #credit = 4 * COST
  #isFirst = true
  #varying = { id: false, created: false }
  #id: unknown
  #created: unknown
  /** What stands around the data of an event. */
  #before = 'data: '
  #after = '\n\n'
  #scratch: Uint8Array = new Uint8Array(SCRATCH)
  #view = new DataView(this.#scratch.buffer)

  /** @param isTold - whether somebody is told of each text as it comes */
  constructor(accumulator: ChunkAccumulator, isTold: boolean) {
    this.#accumulator = accumulator
    this.#isTold = isTold
  }

  get pays(): boolean {
    return this.#credit >= COST || this.#known.length > 0
  }

  read(chunk: Uint8Array, from: number, limit: number): number {
    if (this.#known.length === 0) return from
    const to = chunk.length
    let bytes = chunk
    let view = this.#view
    if (to > SCRATCH) view = new DataView(chunk.buffer, chunk.byteOffset, to)
    else {
      bytes = this.#scratch
      bytes.set(chunk)
    }
    const window = new Window(bytes, view, to)
    let at = from
    for (;;) {
      const end = this.#next(window, at)
      if (end < 0 || end - at > limit) return at
      this.#apply()
      at = end
    }
  }

  take(data: string): boolean {
    if (this.#known.length === 0 || !(data as WellFormed).isWellFormed?.()) return false
    const text = this.#before + data + this.#after
    if (3 * text.length > this.#scratch.length) {
      this.#scratch = new Uint8Array(6 * text.length)
      this.#view = new DataView(this.#scratch.buffer)
    }
    const end = encoder.encodeInto(text, this.#scratch).written
    if (this.#next(new Window(this.#scratch, this.#view, end), 0) !== end) return false
    this.#apply()
    return true
  }

  /** Where the event ends that stands here, if it is known; its template is the first from then on. */
  #next(window: Window, at: number): number {
    const known = this.#known
    for (let which = 0; which < known.length; which++) {
      const found = known[which]
      const end = found ? match(found, window, at) : -1
      if (end < 0) continue
      if (which > 0) this.#favour(which)
      return end
    }
    return -1
  }

  #favour(which: number): void {
    this.flush()
    const [found] = this.#known.splice(which, 1)
    if (found === undefined) return
    this.#known.unshift(found)
    if (found.call) found.places[0]?.choice.toolCalls.turnTo(found.call)
  }

  /** What was matched is so. */
  #apply(): void {
    const [known] = this.#known
    if (known === undefined) return
    if (this.#credit < MAX_CREDIT) this.#credit++
    let isFull = this.#isTold
    for (const { kind, letters, choice, value } of known.places)
      if (letters !== undefined) {
        letters.length = letters.end
        isFull ||= letters.isHalfFull
      } else if (kind === 'logprobs') choice.addLogprobs(value)
    if (known.template.usage !== undefined) takeUsage(known)
    if (isFull) settle(known, this.#accumulator)
  }

  flush(): void {
    const [known] = this.#known
    if (known) settle(known, this.#accumulator)
  }

  forget(): void {
    this.#known = []
  }

  observe(bytes: Uint8Array, start: number, end: number): void {
    this.#credit -= MISS
    if (bytes[start] !== 0x64) return
    const before = bytes[start + 5] === SPACE ? 'data: ' : 'data:'
    const after = bytes[end - 2] === CR ? '\r\n\r\n' : '\n\n'
    if (before === this.#before && after === this.#after) return
    this.#before = before
    this.#after = after
    this.flush()
    this.forget()
  }

  learn(data: string, chunk: object): void {
    // The first chunk is seldom like another: it says the role.
    if (this.#isFirst) {
      this.#isFirst = false
      return
    }
    if (this.#credit < COST || !isWire(chunk)) return this.forget()
    this.#credit -= COST
    const { id, created } = chunk
    this.#varying = {
      id: this.#varying.id || (this.#id !== undefined && id !== this.#id),
      created: this.#varying.created || (this.#created !== undefined && created !== this.#created),
    }
    if (id) this.#id = id
    if (created) this.#created = created
    const accumulator = this.#accumulator
    // Told one by one, the texts of a chunk have an order: what has several is parsed.
    const template = learn(data, chunk, this.#varying, this.#isTold ? 1 : Infinity)
    if (template === undefined) return this.forget()
    const known = knownOf(template, accumulator, this.#before, this.#after)
    const others = this.#known.filter((known) => holds(known, template, accumulator))
    this.#known = [...(known ? [known] : []), ...others].slice(0, MAX_TEMPLATES)
  }
}

/** Node 20 has it, and so has every browser of these years: where it is missing, events are parsed. */
interface WellFormed {
  isWellFormed?(): boolean
}

function takeUsage(known: Known): void {
  known.hasUsage = true
  for (const place of known.places) place.taken = place.value
}
