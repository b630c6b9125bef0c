import { frame, type SseEventInit } from '@tesserae/encoder'
import { bodyOf, headOf, piecesOf, type Transcript } from '@tesserae/testkit/transcript'
import { blockEnds, type Cuttable } from './cut-positions.ts'

/** How many events a second what was never recorded is played at: about as fast as one reads. */
const EVENTS_A_SECOND = 40

/** From when on bytes are there: those up to `end`, so many milliseconds after the request. */
export interface Mark {
  readonly end: number
  readonly at: number
}

/** A stream before it is played: its bytes, and when they are due. */
export interface Score extends Cuttable {
  readonly contentType: string
  /** When the head is due. */
  readonly headAt: number
  readonly marks: readonly Mark[]
  /** When it ends, and whether the connection breaks off instead. */
  readonly end: { readonly at: number; readonly isCut: boolean }
}

/** What a server sent, byte for byte, and when. */
export function scoreOfRecording(transcript: Transcript): Score {
  const { source, reads, end } = transcript.response
  const headers = headOf(transcript)?.headers
  const contentType = headers?.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const score = untimed(bodyOf(transcript), contentType)
  if (source === 'document') return score
  let sum = 0
  const marks = piecesOf(transcript).map(({ at, bytes: piece }) => ({
    end: (sum += piece.length),
    at,
  }))
  return {
    ...score,
    pieceEnds: marks.map(({ end }) => end),
    headAt: reads[0]?.at ?? 0,
    marks,
    end: { at: end.at, isCut: end.how !== 'complete' },
  }
}

/** What is made here. */
export function scoreOfEvents(events: Iterable<SseEventInit>): Score {
  return untimed(Buffer.concat(Array.from(events, (event) => frame(event).bytes)))
}

/** What no network has cut, and has no times: what is made here, and what a document prints. */
function untimed(bytes: Uint8Array, contentType = 'text/event-stream'): Score {
  const ends = blockEnds(bytes)
  return { bytes, blockEnds: ends, pieceEnds: ends, contentType, ...evenly(ends, EVENTS_A_SECOND) }
}

/** The same score at another speed: so many events a second, or all at once. */
export function atSpeed(score: Score, speed: 'recorded' | 'max' | number): Score {
  if (speed === 'recorded') return score
  const { headAt, marks, end } = evenly(score.blockEnds, speed === 'max' ? Infinity : speed)
  return { ...score, headAt, marks, end: { at: end.at, isCut: score.end.isCut } }
}

function evenly(
  ends: readonly number[],
  perSecond: number,
): Pick<Score, 'headAt' | 'marks' | 'end'> {
  const marks = ends.map((end, index) => ({ end, at: (index * 1_000) / perSecond }))
  return { headAt: 0, marks, end: { at: marks.at(-1)?.at ?? 0, isCut: false } }
}
