import type { Recording } from './recording.ts'
import type { Tape } from './tape.ts'

/** A time in which nothing came. */
export interface Gap {
  readonly from: number
  readonly to: number
}

export interface Timing {
  /** When the head of the response, the first byte and the first piece of the message came, in milliseconds. */
  readonly head: number | undefined
  readonly firstByte: number | undefined
  readonly firstToken: number | undefined
  /** Time between the chunk before and the last one, in the middle of all of them, and the longest. */
  readonly median: number | undefined
  readonly longest: number | undefined
  readonly stalls: readonly Gap[]
  /** Pieces of text a second, between the first and the last. */
  readonly rate: number | undefined
  /** Tokens a second, where the server says how many there were. */
  readonly tokenRate: number | undefined
}

/** A pause is a stall if it is longer than this, and than so many times the usual one. */
const STALL_MILLISECONDS = 500
const STALL_FACTOR = 8

/** What the times of a stream say, up to a position on it, and to a time behind it, if more is waited for. */
export function timingAt(recording: Recording, position: number, waiting?: Gap): Timing {
  const { tape, message, settings } = recording
  const offset = tape.offsetAt(position)
  const times = tape.chunks.slice(0, position).map(({ at }) => at)
  const gaps = times.slice(1).map((at, index) => at - times[index]!)
  const sorted = gaps.toSorted((one, other) => one - other)
  const hasEnded = tape.end !== undefined && position >= tape.steps
  const spoken = piecesUpTo(recording, offset)
  const span = spoken.count > 1 ? (spoken.last - spoken.first) / 1000 : 0
  const usage = message.usages.findLast(({ known }) => known <= offset || hasEnded)?.usage
  const tokens = usage?.completion_tokens
  return {
    head: settings.headAt <= tape.timeAt(position) || hasEnded ? settings.headAt : undefined,
    firstByte: times[0],
    firstToken: spoken.count > 0 ? spoken.first : undefined,
    median: sorted[sorted.length >>> 1],
    longest: sorted.at(-1),
    stalls: [...stallsIn(tape, position), ...(waiting ? [waiting] : [])],
    rate: span > 0 ? (spoken.count - 1) / span : undefined,
    tokenRate: span > 0 && tokens && tokens > 1 ? (tokens - 1) / span : undefined,
  }
}

/** The times in which nothing came for much longer than usual, up to a position. */
export function stallsIn(tape: Tape, position: number): Gap[] {
  const times = tape.chunks.slice(0, position).map(({ at }) => at)
  if (tape.end && position >= tape.steps && times.length > 0) times.push(tape.end.at)
  const limit = stallLimit(times)
  return times.flatMap((to, index) => {
    const from = times[index - 1]
    return from !== undefined && to - from > limit ? [{ from, to }] : []
  })
}

/** How long nothing may come before it is a stall. */
export function stallLimit(times: readonly number[]): number {
  const gaps = times.slice(1).map((at, index) => at - times[index]!)
  const median = gaps.sort((one, other) => one - other)[gaps.length >>> 1] ?? 0
  return Math.max(STALL_MILLISECONDS, STALL_FACTOR * median)
}

function piecesUpTo(
  { tape, message }: Recording,
  offset: number,
): { count: number; first: number; last: number } {
  const spoken = message.added.filter(({ known, length }) => known <= offset && length > 0)
  const at = (known: number): number => tape.chunks[tape.indexOf(known - 1)]?.at ?? 0
  return {
    count: spoken.length,
    first: at(spoken[0]?.known ?? 0),
    last: at(spoken.at(-1)?.known ?? 0),
  }
}

/** How much of the whole time is looked back over, and in how much of that a piece comes into view and goes out of it. */
const WINDOW = 1 / 12
const EDGE = 1 / 3

/**
 * Pieces of text a second, over a stretch of time that ends here: one number for each of `columns` times. Nothing is
 * counted before it came, and nothing more than once, so that no number is higher than what did come in such a stretch.
 */
export function rateCurve(recording: Recording, until: number, columns: number): number[] {
  const { tape, message } = recording
  const counts = Array.from({ length: columns }, () => 0)
  if (until <= 0) return counts
  for (const { known, length } of message.added) {
    if (length === 0 || known === Infinity) continue
    const at = tape.chunks[tape.indexOf(known - 1)]?.at ?? 0
    if (at <= until) counts[Math.min(columns - 1, Math.floor((at / until) * columns))]!++
  }
  const wide = Math.max(2, Math.round(columns * WINDOW))
  const milliseconds = until / columns
  // Once more, over less, for slopes in the place of steps.
  const smooth = meanOfLast(meanOfLast(counts, wide), Math.max(1, Math.round(wide * EDGE)))
  return smooth.map((count) => (count / milliseconds) * 1000)
}

/** For each number the mean of so many, itself the last of them; before the first there are zeros. */
function meanOfLast(numbers: readonly number[], many: number): number[] {
  let sum = 0
  return numbers.map((number, index) => {
    sum += number - (numbers[index - many] ?? 0)
    return sum / many
  })
}
