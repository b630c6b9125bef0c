import type { Known, Place } from './known.ts'
import { skip, skipNumber } from './letters.ts'
import { decoder, type Literal } from './literal.ts'

// HOT: `match` is called with each event. `npm run bench -- openai` pays for every liberty taken here. Bytes are
// compared eight at a time: 45 ns for an event of 300, where four at a time take 90.

/** Where the event ends that stands here, if it is one of these. */
export function match(
  { literals, places }: Known,
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
): number {
  let at = from
  for (let number = 0; ; number++) {
    const literal = literals[number]!
    if (!stands(literal, bytes, view, at, to)) return -1
    at += literal.length
    if (number === places.length) return at
    const place = places[number]!
    if (place.letters !== undefined) at = place.letters.copy(bytes, at, to)
    else if (place.kind === 'ignored text') at = skip(bytes, at, to)
    else if (place.kind === 'ignored number') at = skipNumber(bytes, at, to)
    else if (place.kind === 'usage number') at = readNumber(place, bytes, at, to)
    else {
      const start = at
      const next = literals[number + 1]!
      // A byte first: of all those on the way, one in ten is worth the call.
      while (bytes[at] !== next.first || !stands(next, bytes, view, at, to))
        if (++at >= to) return -1
      if (!readObject(place, bytes, start, at)) return -1
    }
    if (at < 0) return -1
  }
}

/** Two numbers of 64 bits are equal without being the same bytes only if these are NUL, which is not in JSON. */
function stands(
  { words, rest, length }: Literal,
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
): boolean {
  if (from + length > to) return false
  let at = from
  for (let word = 0; word < words.length; word++, at += 8)
    if (view.getFloat64(at, true) !== words[word]!) return false
  for (let byte = 0; byte < rest.length; byte++) if (bytes[at++] !== rest[byte]) return false
  return true
}

/** Takes the object that stands there, if it is one. */
function readObject(place: Place, bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x7b) return false
  try {
    place.value = JSON.parse(decoder.decode(bytes.subarray(start, end)))
    return true
  } catch {
    return false
  }
}

/** Takes the whole number that stands there: no more digits than are exact. */
function readNumber(place: Place, bytes: Uint8Array, start: number, to: number): number {
  const end = skipNumber(bytes, start, to)
  let value = 0
  for (let at = start; at < end; at++) value = 10 * value + bytes[at]! - 0x30
  place.value = value
  return end
}
