import { Letters } from '../predict/letters.ts'
import { decoder, literalOf } from '../predict/literal.ts'
import { type Kind, match, type Pattern, window } from '../predict/match.ts'
import type { EventAccumulator } from './response-accumulator.ts'
import type { Wire } from './wire.ts'

// Nineteen of twenty deltas differ from the one before of their type only in `delta`, `obfuscation` and
// `sequence_number`. An event whose bytes around these three are those of an earlier event is that event with other
// values: its text is taken from the bytes, and nothing is parsed. Equal bytes make this exact.

/** Texts grow in one place, or in a few that take turns. */
const MAX_PATTERNS = 4
/** Learning costs as much as parsing some events: it begins when so many of one type came in a row. */
const REPEATS = 4

/** The bytes of an event, with the text that its delta grows. */
interface Known extends Pattern {
  readonly letters: Letters
  /** Which filling is the text, and which the number, if there is one. */
  readonly text: number
  readonly number: number
  readonly append: (text: string) => void
}

/** Reads events by the bytes of earlier ones. */
export class EventPredictor {
  readonly #accumulator: EventAccumulator<never>
  /** Whether every piece is passed on when it arrives. */
  readonly #isTold: boolean
  /** The one that matched last comes first, and alone has letters that wait. */
  #known: Known[] = []
  #generation = -1
  #type: unknown
  /** How many events of the type came in a row. */
  #count = 0

  constructor(accumulator: EventAccumulator<never>, isTold: boolean) {
    this.#accumulator = accumulator
    this.#isTold = isTold
  }

  /** Takes the events that begin at `from`, while they are known. Returns where the next one begins. */
  read(chunk: Uint8Array, from: number, limit: number): number {
    this.#forgetStale()
    if (this.#known.length === 0) return from
    let at = from
    window.open(chunk)
    while (at < chunk.length) {
      // A listener may have read another stream.
      if (window.chunk !== chunk) window.open(chunk)
      const end = this.#next(at)
      if (end < 0 || end - at > limit) break
      this.#apply()
      at = end
    }
    window.close()
    return at
  }

  #next(at: number): number {
    for (const [which, known] of this.#known.entries()) {
      const end = match(known, at)
      if (end < 0) continue
      if (which > 0) {
        this.flush()
        this.#known.splice(which, 1)
        this.#known.unshift(known)
      }
      return known.letters.copy(window.bytes, window.starts[known.text] ?? 0, window.to) < 0
        ? -1
        : end
    }
    return -1
  }

  /** The event that was matched is used. */
  #apply(): void {
    const [known] = this.#known
    if (known === undefined) return
    if (known.number >= 0 && !this.#accumulator.countTo(window.numberIn(known.number))) return
    known.letters.length = known.letters.end
    if (this.#isTold || known.letters.isHalfFull) this.flush()
  }

  /** Passes the letters on that wait: to be called before anything else reads or changes the response. */
  flush(): void {
    const [known] = this.#known
    if (known !== undefined && known.letters.length > 0) known.append(known.letters.take())
  }

  /** What a pattern appends to may be closed since: checked before each use, because not every event is learnt from. */
  #forgetStale(): void {
    const { generation } = this.#accumulator
    if (this.#generation !== generation) this.#known = []
    this.#generation = generation
  }

  /** Learns from an event that was parsed, if enough of its type came in a row. */
  learn(block: Uint8Array, event: Wire): void {
    const { type, delta, logprobs, sequence_number: number } = event
    const accumulator = this.#accumulator
    this.#count = type === this.#type ? this.#count + 1 : 1
    this.#type = type
    this.#forgetStale()
    if (this.#count < REPEATS || typeof delta !== 'string' || delta === '') return
    if (Array.isArray(logprobs) && logprobs.length > 0) return
    const append = accumulator.growthOf(event)
    const known =
      append && patternOf(decoder.decode(block), event, append, typeof number === 'number')
    if (known) this.#known = [known, ...this.#known].slice(0, MAX_PATTERNS)
  }
}

/** A place in the text of an event. */
interface Hole {
  readonly start: number
  readonly end: number
  readonly kind: Kind
}

function patternOf(
  text: string,
  event: Wire,
  append: (text: string) => void,
  isNumbered: boolean,
): Known | undefined {
  const delta = holeOf(text, 'delta', event, 'text')
  const padding = holeOf(text, 'obfuscation', event, 'skipped string')
  const counted = isNumbered ? holeOf(text, 'sequence_number', event, 'number') : undefined
  if (delta === undefined || (isNumbered && counted === undefined)) return undefined
  const holes = [delta, padding, counted].filter((hole) => hole !== undefined)
  holes.sort((one, other) => one.start - other.start)
  const pieces = [0, ...holes.map(({ end }) => end)].map((from, at) =>
    text.slice(from, holes[at]?.start),
  )
  const literals = pieces.flatMap((piece) => literalOf(piece) ?? [])
  if (literals.length < pieces.length) return undefined
  const number = counted === undefined ? -1 : holes.indexOf(counted)
  const letters = new Letters()
  return { literals, fillings: holes, letters, text: holes.indexOf(delta), number, append }
}

/**
 * Where the value of a field stands, without its quotes. The key may occur only once in the text: then it is the key of
 * the event itself, because in a string its quotes would be escaped.
 */
function holeOf(text: string, key: string, event: Wire, kind: Kind): Hole | undefined {
  const value = event[key]
  const name = `"${key}":`
  const found = text.indexOf(name)
  if (found < 0 || text.indexOf(name, found + 1) >= 0) return undefined
  let start = found + name.length
  while (text[start] === ' ') start++
  const pattern = typeof value === 'string' ? /"(?:[^"\\]|\\.)*"/y : /\d+/y
  pattern.lastIndex = start
  const written = pattern.exec(text)?.[0]
  if (written === undefined || JSON.parse(written) !== value) return undefined
  const quote = typeof value === 'string' ? 1 : 0
  return { start: start + quote, end: start + written.length - quote, kind }
}
