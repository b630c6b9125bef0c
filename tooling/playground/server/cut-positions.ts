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

const LF = 10
const CR = 13
const COLON = 58

/** Where to cut: ascending, each after so many bytes. The end of the bytes may be among them or not. */
export function cutPositions(
  { bytes, blockEnds, pieceEnds }: Cuttable,
  cuts: Cuts,
  seed: number,
): Iterable<number> {
  if (cuts === 'recorded') return pieceEnds
  if (cuts === 'event') return blockEnds
  if (cuts === 'byte') return everyByte(bytes)
  return cuts === 'random' ? atRandom(bytes, seed) : whereItHurts(bytes)
}

function* everyByte(bytes: Uint8Array): Generator<number> {
  for (let at = 1; at < bytes.length; at++) yield at
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

/**
 * Between CR and LF, between the line ends of a blank line, inside the name of each field, after its colon, and inside
 * every character of more than one byte.
 */
function* whereItHurts(bytes: Uint8Array): Generator<number> {
  let lineStart = 0
  let hasColon = false
  for (let at = 1; at < bytes.length; at++) {
    const before = bytes[at - 1]
    const byte = bytes[at] as number
    const isLineEnd = byte === LF || byte === CR
    const afterLineEnd = before === LF || before === CR
    if (afterLineEnd) {
      lineStart = at
      hasColon = false
    }
    const isFirstColon: boolean = before === COLON && !hasColon
    hasColon ||= isFirstColon
    const isContinuation = (byte & 0xc0) === 0x80
    const isInName = at === lineStart + 2 && !hasColon && !isLineEnd
    if ((afterLineEnd && isLineEnd) || isContinuation || isInName || isFirstColon) yield at
  }
}
