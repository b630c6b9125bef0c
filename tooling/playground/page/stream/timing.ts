import type { Recording } from './recording.ts'
import { countWhere, type Tape } from './tape.ts'

/** A time in which nothing came. */
export interface Gap {
  readonly from: number
  readonly to: number
}

/** What the times of a stream say. Everything is undefined for a stream without times. */
export interface Metrics {
  /** From the request to the head of the response, to the first byte of the body, and to the first text. */
  readonly head: number | undefined
  readonly ttfb: number | undefined
  readonly ttft: number | undefined
  /** Inter-token latency: the times between events that add text. */
  readonly itl: Spread | undefined
  /** Tokens a second after the first, where the server counts tokens. */
  readonly tokensPerSecond: number | undefined
  readonly stalls: readonly Gap[]
}

/** How times are spread: by nearest rank. */
export interface Spread {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly max: number
  readonly sorted: readonly number[]
}

/** One bar of a histogram: how many times from `from` up to `to`. */
export interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** A pause is a stall if it is longer than this, and longer than so many times the usual one. */
const STALL_MILLISECONDS = 500
const STALL_FACTOR = 8

/** The metrics of a stream up to a position, and up to a time after it, if more is waited for. */
export function metricsAt(recording: Recording, position: number, waiting?: Gap): Metrics {
  const { tape, message, settings } = recording
  if (!tape.hasTimes)
    return {
      head: undefined,
      ttfb: undefined,
      ttft: undefined,
      itl: undefined,
      tokensPerSecond: undefined,
      stalls: [],
    }
  const offset = tape.offsetAt(position)
  const hasEnded = tape.end !== undefined && position >= tape.steps
  const times = textTimes(recording, offset)
  const first = times[0]
  const last = times.at(-1)
  const usage = message.usages.findLast(({ known }) => known <= offset || hasEnded)?.usage
  const tokens = tokensIn(usage)
  const seconds = first !== undefined && last !== undefined ? (last - first) / 1000 : 0
  const { headAt } = settings
  return {
    head:
      Number.isFinite(headAt) && (hasEnded || headAt <= tape.timeAt(position)) ? headAt : undefined,
    ttfb: position > 0 ? tape.chunks[0]?.at : undefined,
    ttft: first,
    itl: spreadOf(times.slice(1).map((at, index) => at - times[index]!)),
    tokensPerSecond:
      seconds > 0 && tokens !== undefined && tokens > 1 ? (tokens - 1) / seconds : undefined,
    stalls: [...stallsIn(tape, position), ...(waiting ? [waiting] : [])],
  }
}

/** When each event that added text came. */
export function textTimes({ tape, message }: Recording, offset: number): number[] {
  const times: number[] = []
  let before = -1
  for (const { known, length } of message.added) {
    if (length === 0 || known > offset || known === Infinity || known === before) continue
    before = known
    times.push(tape.chunks[tape.indexOf(known - 1)]?.at ?? 0)
  }
  return times
}

export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((one, other) => one - other)
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1)!, sorted }
}

const FIRST_EDGE = 1

/** Bars whose edges double, from 1 ms up: times differ by orders of magnitude. */
export function histogramOf({ sorted, max }: Spread): Bar[] {
  const bars: Bar[] = []
  for (let from = 0, to = FIRST_EDGE; from <= max; from = to, to *= 2) {
    const count =
      countWhere(sorted, (value) => value < to) - countWhere(sorted, (value) => value < from)
    bars.push({ from, to, count })
  }
  return bars
}

/** Tokens that the model wrote, in the words of each protocol. */
export function tokensIn(usage: object | undefined): number | undefined {
  const {
    completion_tokens: chat,
    output_tokens: other,
    candidatesTokenCount: gemini,
  } = (usage ?? {}) as Record<string, unknown>
  const tokens = chat ?? other ?? gemini
  return typeof tokens === 'number' ? tokens : undefined
}

/** The times in which nothing came for much longer than usual, up to a position. */
export function stallsIn(tape: Tape, position: number): Gap[] {
  if (!tape.hasTimes) return []
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

/** How much of the whole time is looked back over, and in how much of that a piece fades in and out. */
const WINDOW = 1 / 12
const EDGE = 1 / 3

/**
 * Pieces of text a second over a stretch of time that ends here: one number for each of `columns` times. Nothing counts
 * before it came, and nothing counts twice, so that no number is higher than what did come in such a stretch.
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
  // Once more, over less, for slopes instead of steps.
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
