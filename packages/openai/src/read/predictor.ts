import type { ChunkAccumulator } from '../accumulator/accumulator.ts'
import { isWire } from '../accumulator/cells.ts'
import type { Choice } from '../accumulator/choice.ts'
import type { ToolCalls } from '../accumulator/tool-calls.ts'
import { endOfNumber, endOfString, objectBetween, textBetween } from './json-text.ts'
import { learn, type Template } from './template.ts'

// HOT: `take` is called with the data of each event. `npm run bench -- openai` pays for every liberty taken here:
// slices compared with `===` are three times as fast as `startsWith`.

/** Most streams have one shape of chunk for text and one for arguments; those of several choices have more. */
const MAX_TEMPLATES = 6
/** Learning costs as much as a few chunks: who does not come back often enough is not learnt any more. */
const COST = 8
const MAX_CREDIT = 256

/** A text that grows. */
type Target = ReturnType<Choice['text']>

/** A template in use. */
interface Known extends Template {
  /** Whether nothing has come since that the chunk would set otherwise. */
  isCurrent: boolean
  readonly targets: (Target | undefined)[]
  readonly toolCalls: ToolCalls | undefined
}

/**
 * Reads a chunk by what is known of those before it: compares its text with a template, takes what stands in the holes,
 * and feeds it to the accumulator. What differs anywhere else is not read here at all.
 */
export class Predictor {
  readonly #accumulator: ChunkAccumulator
  #known: Known[] = []
  #credit = 4 * COST
  #isFirst = true
  #values: string[] = []
  #logprobs: object | undefined
  /** The template that is tried first, taken apart. */
  #text: Target | undefined
  #before = ''
  #after = ''
  #varying = { id: false, created: false }
  #id: unknown
  #created: unknown

  readonly #maxTexts: number

  /** @param maxTexts - how many texts a chunk may add to at once */
  constructor(accumulator: ChunkAccumulator, maxTexts: number) {
    this.#accumulator = accumulator
    this.#maxTexts = maxTexts
  }

  /** Whether the event was a chunk that is known, and was taken. */
  take(data: string): boolean {
    // Of most streams, most chunks: one hole, with text, in a chunk like the last. The general way is right below.
    const text = this.#text
    if (text !== undefined) {
      const at = this.#before.length
      const end = data.length - this.#after.length
      if (data.slice(0, at) === this.#before && data.slice(end) === this.#after) {
        const value = textBetween(data, at, end)
        if (value !== undefined) {
          text.append(value)
          return true
        }
      }
    }
    return this.#takeAny(data)
  }

  #takeAny(data: string): boolean {
    const known = this.#known
    for (let at = 0; at < known.length; at++) {
      const template = known[at]!
      if (!template.isCurrent || !this.#matches(template, data)) continue
      if (!this.#apply(template)) return false
      if (this.#credit < MAX_CREDIT) this.#credit++
      // The one that came last is the most likely to come next.
      if (at > 0) {
        known[at] = known[0]!
        known[0] = template
        this.#favour(template)
      }
      return true
    }
    return false
  }

  /** Tries a template first, if it has one hole and that is text. */
  #favour(template: Known | undefined): void {
    this.#text =
      template?.isCurrent && template.holes.length === 1 ? template.targets[0] : undefined
    this.#before = template?.literals[0] ?? ''
    this.#after = template?.literals[1] ?? ''
  }

  #matches({ literals, holes }: Known, data: string): boolean {
    const values = this.#values
    const count = holes.length
    const first = literals[0]!
    let at = first.length
    if (data.slice(0, at) !== first) return false
    for (let hole = 0; hole < count; hole++) {
      const literal = literals[hole + 1]!
      // Behind the last hole the text must end with the literal, so that its place is known at once.
      let end = hole === count - 1 ? data.length - literal.length : -1
      const { kind } = holes[hole]!
      if (kind === 'ignored number') {
        end = endOfNumber(data, at)
      } else if (kind === 'logprobs') {
        this.#logprobs = objectBetween(data, at, end)
        if (this.#logprobs === undefined) return false
      } else {
        if (end < at) end = endOfString(data, at)
        const value = textBetween(data, at, end)
        if (value === undefined) return false
        values[hole] = value
      }
      if (end < at || data.slice(end, end + literal.length) !== literal) return false
      at = end + literal.length
    }
    return at === data.length
  }

  #apply({ holes, targets, toolCalls, call }: Known): boolean {
    const values = this.#values
    if (call !== undefined && !toolCalls!.accepts(call.slot, call.id, call.name)) return false
    for (let hole = 0; hole < holes.length; hole++) {
      const { kind } = holes[hole]!
      if (kind === 'text') targets[hole]!.append(values[hole]!)
      else if (kind === 'logprobs')
        this.#accumulator.choice(holes[hole]!.choice).addLogprobs(this.#logprobs)
      else if (kind === 'arguments' && values[hole] !== '')
        toolCalls!.growAt(call!.slot, values[hole]!)
    }
    return true
  }

  /** Another chunk came, and may have changed anything. */
  forget(): void {
    this.#known = []
    this.#text = undefined
  }

  /** Learns from a chunk that has been pushed, and forgets what it has changed. */
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
    const learnt = learn(data, chunk, this.#varying, this.#maxTexts)
    this.#text = undefined
    for (const known of this.#known)
      known.isCurrent &&= learnt !== undefined && agree(known.sets, learnt.sets)
    if (learnt === undefined) return
    const targets = learnt.holes.map(({ kind, choice, field }) =>
      kind === 'text' ? this.#accumulator.choice(choice).text(field) : undefined,
    )
    const { call } = learnt
    const toolCalls = call && this.#accumulator.choice(call.choice).toolCalls
    const others = this.#known.filter(({ isCurrent }) => isCurrent).slice(0, MAX_TEMPLATES - 1)
    this.#known = [{ ...learnt, isCurrent: true, targets, toolCalls }, ...others]
    this.#favour(this.#known[0])
  }
}

/** Whether two chunks may take turns. */
function agree(one: Template['sets'], other: Template['sets']): boolean {
  for (const [place, json] of one) {
    const found = other.get(place)
    if (found !== undefined && found !== json) return false
  }
  return true
}
