import { frame, type SseEventInit } from '@tesserae/encoder'
import { cutPositions } from './cut-positions.ts'
import type { PlayOptions } from './play-options.ts'
import { atSpeed, type Mark, type Score } from './score.ts'

/** Bytes to be written at once, and when. */
export interface Beat {
  /** Milliseconds after the request, pauses left out. */
  readonly at: number
  /** For how long nothing is sent before it; infinite: for ever. */
  readonly pause: number
  readonly bytes: Uint8Array
}

/** All that is sent, and when. */
export interface Show {
  readonly contentType: string
  readonly headAt: number
  readonly beats: Iterable<Beat>
  readonly end: { readonly at: number; readonly isCut: boolean }
}

/**
 * Plays a score as the options say.
 *
 * @param sorry - the error frame of the dialect
 */
export function perform(recorded: Score, options: PlayOptions, sorry: SseEventInit): Show {
  const { fault, cuts, seed, delayMs, stallMs } = options
  const score = atSpeed(recorded, options.speed)
  const { bytes, contentType, headAt, end } = score
  const { start, middle } = fatedBlock(score, options.at)
  const late = fault === 'slow-start' ? delayMs : 0
  const stall = fault === 'stall' ? stallMs || Infinity : 0
  const isBroken = fault === 'drop' || fault === 'truncate'
  const limit = fault === 'error' ? start : isBroken ? middle : bytes.length

  function* beats(): Generator<Beat> {
    const timeAt = clockOf(score)
    let from = 0
    for (const to of upTo(limit, stall > 0 ? start : limit, cutPositions(score, cuts, seed))) {
      const pause = from === start ? stall : 0
      yield { at: late + timeAt(to), pause, bytes: bytes.subarray(from, to) }
      from = to
    }
    if (fault === 'error') yield { at: late + timeAt(start), pause: 0, bytes: frame(sorry).bytes }
  }
  const isWhole = limit === bytes.length
  const endAt = isWhole ? end.at : clockOf(score)(limit)
  const isCut = fault === 'drop' || (end.isCut && fault !== 'truncate' && fault !== 'error')
  return {
    contentType,
    headAt: late + headAt,
    beats: beats(),
    end: { at: late + endAt, isCut },
  }
}

/** The start of the block with the fault, and its middle, where `drop` and `truncate` cut the stream. */
function fatedBlock({ bytes, blockEnds }: Score, at: number): { start: number; middle: number } {
  const found = blockEnds.findIndex((end) => end > at * bytes.length)
  const block = found === -1 ? Math.max(0, blockEnds.length - 1) : found
  const start = blockEnds[block - 1] ?? 0
  return { start, middle: Math.floor((start + (blockEnds[block] ?? 0)) / 2) }
}

/** When the bytes up to a position are due: between two marks evenly, so that small pieces trickle. Asked in order. */
function clockOf({ marks, headAt }: Score): (end: number) => number {
  let index = 0
  return (end) => {
    while (index < marks.length - 1 && (marks[index] as Mark).end < end) index++
    const mark = marks[index]
    if (mark === undefined) return headAt
    const before = marks[index - 1] ?? { end: 0, at: headAt }
    const share = (end - before.end) / (mark.end - before.end)
    return before.at + (mark.at - before.at) * Math.min(1, share)
  }
}

/** Positions up to the limit, each once, with the limit and one more among them. */
function* upTo(limit: number, more: number, positions: Iterable<number>): Generator<number> {
  let last = 0
  for (const position of positions) {
    if (more > last && more < position && more < limit) yield (last = more)
    if (position >= limit) break
    if (position > last) yield (last = position)
  }
  if (more > last && more < limit) yield (last = more)
  if (limit > last) yield limit
}
