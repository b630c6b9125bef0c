import type { Recording } from '../stream/recording.ts'
import { countWhere } from '../stream/tape.ts'
import { type Gap, rateCurve, stallsIn } from '../stream/timing.ts'
import { effectOf, type Tone } from './moment.ts'

/** A chunk as the plot shows it. */
export interface Stick {
  /** The pixel that it falls on. */
  readonly x: number
  /** Its height, as a share of that of the largest. */
  readonly height: number
  readonly tone: Tone
  readonly index: number
}

/** All that the plot shows of a stream, wherever one is in it. */
export interface Survey {
  readonly sticks: readonly Stick[]
  /** Pieces of text a second, for times that are evenly spread, and the most of them. */
  readonly curve: readonly number[]
  readonly peak: number
  readonly stalls: readonly Gap[]
  readonly firstToken: number | undefined
}

/** Pixels for each point of the curve. */
const GRAIN = 4

/** Measures a stream for a plot that reaches to the time `until`, so many pixels wide. */
export function survey(recording: Recording, until: number, width: number): Survey {
  const { tape, message } = recording
  const curve = rateCurve(recording, until, Math.max(20, Math.floor(width / GRAIN)))
  const first = message.added.find(({ length, known }) => length > 0 && known < Infinity)
  return {
    sticks: sticksOf(recording, until, width),
    curve,
    peak: Math.max(...curve),
    stalls: stallsIn(tape, tape.steps),
    firstToken: first && tape.chunks[tape.indexOf(first.known - 1)]?.at,
  }
}

/** The largest chunk of each pixel: there may be more chunks than pixels. */
function sticksOf(recording: Recording, until: number, width: number): Stick[] {
  const { chunks } = recording.tape
  const largest = new Map<number, number>()
  let most = 1
  for (const [index, { at, bytes }] of chunks.entries()) {
    const x = Math.round((at / Math.max(1, until)) * width)
    const known = largest.get(x)
    if (known === undefined || chunks[known]!.bytes.length < bytes.length) largest.set(x, index)
    most = Math.max(most, bytes.length)
  }
  return Array.from(largest, ([x, index]) => {
    const height = Math.sqrt(chunks[index]!.bytes.length / most)
    return { x, height, tone: toneOf(recording, index), index }
  })
}

/** What the last event that ended in a chunk did. */
function toneOf(recording: Recording, index: number): Tone {
  const { start, end } = recording.tape.chunks[index]!
  const { entries } = recording.events
  const entry = entries[countWhere(entries, ({ known }) => known <= end) - 1]
  return entry && entry.known > start ? effectOf(recording, entry).tone : 'plain'
}
