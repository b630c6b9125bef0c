import { seededCuts } from '@tesserae/testkit'
import type { Cuts } from './play-options.ts'

/** What is to be cut. */
export interface Cuttable {
  readonly bytes: Uint8Array
  /** Where each block ends. */
  readonly blockEnds: readonly number[]
  /** Where the network cut what was recorded. */
  readonly pieceEnds: readonly number[]
}

/** So many bytes are cut at random at a time, so that small pieces and large ones take turns. */
const WINDOW = 512

/** Blank lines that follow on one another, with the end of the line before. A line ends in CR LF, LF or CR. */
const BLOCK_END = /(?:^|\r\n|\r(?!\n)|\n)(?:\r\n|\r|\n)+/g

/** Where a careless parser breaks. */
const HOSTILE = new RegExp(
  [
    // Between CR and LF, and between the line ends of a blank line.
    String.raw`(?<=[\r\n])(?=[\r\n])`,
    // Inside every character of more than one byte.
    String.raw`(?!^)(?=[\x80-\xbf])`,
    // Inside the name of each field.
    String.raw`(?<=(?:^|[\r\n])[^:\r\n]{2})(?=[^\r\n])`,
    // After its colon.
    String.raw`(?<=(?:^|[\r\n])[^:\r\n]*:)(?!$)`,
  ].join('|'),
  'g',
)

/**
 * After how many bytes each block of an event stream ends, the blank line with it. What the stream breaks off in is the
 * last block.
 */
export function blockEnds(bytes: Uint8Array): number[] {
  const ends = Array.from(
    latin1(bytes).matchAll(BLOCK_END),
    ({ index, 0: { length } }) => index + length,
  )
  if ((ends.at(-1) ?? 0) < bytes.length) ends.push(bytes.length)
  return ends
}

/** Where to cut: ascending, each after so many bytes. The end of the bytes may be among them or not. */
export function* cutPositions(
  { bytes, blockEnds, pieceEnds }: Cuttable,
  cuts: Cuts,
  seed: number,
): Generator<number> {
  if (cuts === 'recorded') yield* pieceEnds
  else if (cuts === 'event') yield* blockEnds
  else if (cuts === 'byte') for (let at = 1; at < bytes.length; at++) yield at
  else if (cuts === 'random') yield* atRandom(bytes, seed)
  else for (const { index } of latin1(bytes).matchAll(HOSTILE)) yield index
}

function* atRandom(bytes: Uint8Array, seed: number): Generator<number> {
  for (let start = 0; start < bytes.length; start += WINDOW) {
    const window = bytes.subarray(start, start + WINDOW)
    let at = start
    for (const { chunks } of seededCuts(window, seed + start, 1))
      for (const chunk of chunks.slice(0, -1)) {
        at += chunk.length
        if (chunk.length > 0) yield at
      }
  }
}

/** A letter for each byte. */
function latin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1')
}
