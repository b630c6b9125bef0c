import { bodyOf, headOf, piecesOf, type Transcript } from '@tesserae/testkit/transcript'
import type { Piece, Score } from './server.ts'

/** A small model answers in a few milliseconds, which nobody can watch: it is given as many as this. */
const LENGTH_MS = 1_500

/** What is played otherwise than it was recorded. */
export interface Arrangement {
  /** Cut the body anew, after this many bytes each, whatever that is in the middle of. */
  readonly every?: number
  /** Lose the connection after this many bytes. */
  readonly loseAfter?: number
}

export function scoreOf(
  transcript: Transcript,
  { every, loseAfter = Infinity }: Arrangement,
): Score {
  const stretch = stretchOf(transcript)
  const { end } = transcript.response
  const all = every === undefined ? piecesOf(transcript) : evenly(transcript, every)
  const pieces = upTo(loseAfter, all)
  const isCut = end.how !== 'complete' || pieces.length < all.length
  return {
    status: headOf(transcript)?.status ?? 200,
    pieces: pieces.map(({ at, bytes }) => ({ at: at * stretch, bytes })),
    end: { at: (all[pieces.length]?.at ?? end.at) * stretch, isCut },
  }
}

/** How many times as slow as recorded; an answer that took long enough keeps its times. */
export function stretchOf(transcript: Transcript): number {
  return Math.max(1, LENGTH_MS / Math.max(1, transcript.response.end.at))
}

function evenly(transcript: Transcript, every: number): Piece[] {
  const body = bodyOf(transcript)
  const count = Math.ceil(body.byteLength / every)
  return Array.from({ length: count }, (_, index) => ({
    at: (transcript.response.end.at * (index + 1)) / (count + 1),
    bytes: body.subarray(index * every, (index + 1) * every),
  }))
}

function upTo(limit: number, pieces: readonly Piece[]): Piece[] {
  let sum = 0
  return pieces.filter(({ bytes }) => (sum += bytes.byteLength) <= limit)
}
