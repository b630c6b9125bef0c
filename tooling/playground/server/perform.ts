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
  /** The events, where nothing is asked for that only bytes can show. Then they are what the beats would say. */
  readonly events: Iterable<{ readonly at: number; readonly event: SseEventInit }> | undefined
  readonly end: { readonly at: number; readonly isCut: boolean }
}

/**
 * Plays a score as the options say.
 *
 * @param sorry - the error frame of the dialect
 */
export function perform(recorded: Score, options: PlayOptions, sorry: SseEventInit): Show {
  const { fault, cuts, delayMs, stallMs } = options
  const score = atSpeed(recorded, options.speed)
  const late = fault === 'slow-start' ? delayMs : 0
  const { contentType, end } = score
  const fate = fateOf(score, options)
  const show = { contentType, headAt: score.headAt + late }

  if (score.events && cuts === 'recorded' && !['drop', 'truncate', 'stall'].includes(fault ?? '')) {
    const kept = score.events.slice(0, fate.block)
    const events = kept.map((event, index) => ({ at: late + timeOf(score, index), event }))
    if (fault === 'error') events.push({ at: late + timeOf(score, fate.block), event: sorry })
    return { ...show, events, beats: [], end: { ...end, at: end.at + late } }
  }

  const stall = fault === 'stall' ? (stallMs === 0 ? Infinity : stallMs) : 0
  const limit = fault === 'stall' ? score.bytes.length : fate.end
  function* beats(): Generator<Beat> {
    const timeAt = clockOf(score)
    let start = 0
    for (const end of upTo(limit, fate.end, cutPositions(score, cuts, options.seed))) {
      const pause = start === fate.end ? stall : 0
      yield { at: timeAt(end) + late, pause, bytes: score.bytes.subarray(start, end) }
      start = end
    }
    if (fault === 'error') yield { at: timeAt(start) + late, pause: 0, bytes: frame(sorry).bytes }
  }
  const isWhole = limit === score.bytes.length
  const endAt = isWhole ? end.at : clockOf(score)(limit)
  const isCut = fault === 'drop' || (end.isCut && fault !== 'truncate' && fault !== 'error')
  return { ...show, beats: beats(), events: undefined, end: { at: endAt + late, isCut } }
}

/** Where the fault comes: after which block, or in the middle of it where a connection breaks off. */
function fateOf(
  { bytes, blockEnds }: Score,
  { fault, at }: PlayOptions,
): { block: number; end: number } {
  const whole = { block: blockEnds.length, end: bytes.length }
  if (fault !== 'drop' && fault !== 'truncate' && fault !== 'error' && fault !== 'stall')
    return whole
  const found = blockEnds.findIndex((end) => end > at * bytes.length)
  const block = found === -1 ? Math.max(0, blockEnds.length - 1) : found
  const start = blockEnds[block - 1] ?? 0
  if (fault === 'error' || fault === 'stall') return { block, end: start }
  return { block, end: Math.floor((start + (blockEnds[block] ?? 0)) / 2) }
}

function timeOf({ marks }: Score, index: number): number {
  return (marks[index] ?? marks.at(-1))?.at ?? 0
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
