import type { ChunkAccumulator } from '../accumulator/accumulator.ts'
import { isWire, type Text } from '../accumulator/cells.ts'
import type { ToolCalls } from '../accumulator/tool-calls.ts'
import { endOfString, learn, type Template } from './template.ts'

// HOT: `take` is called with the data of each event. `npm run bench -- openai` pays for every liberty taken here:
// slices compared with `===` are three times as fast as `startsWith`.

/** Most streams have one shape of chunk for text and one for arguments; those of several choices have more. */
const MAX_TEMPLATES = 6
/** Learning costs as much as a few chunks: who does not come back often enough is not learnt any more. */
const COST = 8
const MAX_CREDIT = 256

/** A template in use. */
interface Known extends Template {
  /** Whether nothing has come since that the chunk would set otherwise. */
  isCurrent: boolean
  readonly targets: (Text | undefined)[]
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
  #values: string[] = []
  #varying = { id: false, created: false }
  #id: unknown
  #created: unknown

  constructor(accumulator: ChunkAccumulator) {
    this.#accumulator = accumulator
  }

  /** Whether the event was a chunk that is known, and was taken. */
  take(data: string): boolean {
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
      }
      return true
    }
    return false
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
      if (holes[hole]!.kind === 'ignored number') {
        end = endOfNumber(data, at)
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
      else if (kind === 'arguments' && values[hole] !== '')
        toolCalls!.growAt(call!.slot, values[hole]!)
    }
    return true
  }

  /** Learns from a chunk that has been pushed, and forgets what it has changed. */
  learn(data: string, chunk: object): void {
    if (this.#credit < COST || !isWire(chunk)) {
      this.#known = []
      return
    }
    this.#credit -= COST
    const { id, created } = chunk
    this.#varying = {
      id: this.#varying.id || (this.#id !== undefined && id !== this.#id),
      created: this.#varying.created || (this.#created !== undefined && created !== this.#created),
    }
    if (id) this.#id = id
    if (created) this.#created = created
    const learnt = learn(data, chunk, this.#varying)
    for (const known of this.#known)
      known.isCurrent &&= learnt !== undefined && agree(known.sets, learnt.sets)
    if (learnt === undefined) return
    const targets = learnt.holes.map(({ kind, choice, field }) =>
      kind === 'text' ? (this.#accumulator.choice(choice).text(field) as Text) : undefined,
    )
    const { call } = learnt
    const toolCalls = call && this.#accumulator.choice(call.choice).toolCalls
    const others = this.#known.filter(({ isCurrent }) => isCurrent).slice(0, MAX_TEMPLATES - 1)
    this.#known = [{ ...learnt, isCurrent: true, targets, toolCalls }, ...others]
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

/** What a JSON string says; `undefined` if this is none, as when it ends too late. */
function textBetween(data: string, start: number, end: number): string | undefined {
  for (let at = start; at < end; at++) {
    const code = data.charCodeAt(at)
    if (code === 0x22 || code < 0x20) return undefined
    if (code === 0x5c) return escaped(data, start, end)
  }
  return end < start ? undefined : data.slice(start, end)
}

function escaped(data: string, start: number, end: number): string | undefined {
  try {
    return JSON.parse(`"${data.slice(start, end)}"`)
  } catch {
    return undefined
  }
}

/** Where a whole number ends that JSON allows; -1 if there is none. */
function endOfNumber(data: string, start: number): number {
  let at = start
  while (at - start < 16 && data.charCodeAt(at) >= 0x30 && data.charCodeAt(at) <= 0x39) at++
  const isZeroFirst = data.charCodeAt(start) === 0x30 && at - start > 1
  return at === start || isZeroFirst ? -1 : at
}
