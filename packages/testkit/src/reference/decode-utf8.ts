// The UTF-8 decoder of the WHATWG Encoding Standard, literally. Like `parse.ts`, it is not to be optimised.

/** A decoded character with its place on the wire. */
export interface Character {
  readonly text: string
  /** Offset of its first byte. */
  readonly start: number
}

const REPLACEMENT = '\u{fffd}'

// long: one variable and one step of the standard per line, in its order.
/** Decodes with replacement and keeps a byte order mark where it finds one. */
export function decodeCharacters(bytes: Uint8Array): Character[] {
  const characters: Character[] = []
  // The decoder's variables under the standard's names, in its words' order.
  let codePoint = 0
  let bytesSeen = 0
  let bytesNeeded = 0
  let lowerBoundary = 0x80
  let upperBoundary = 0xbf
  let start = 0

  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number

    if (bytesNeeded === 0) {
      start = at
      if (byte <= 0x7f) {
        // An ASCII byte is the code point of the same value.
        characters.push({ text: String.fromCodePoint(byte), start })
      } else if (byte >= 0xc2 && byte <= 0xdf) {
        // C0 and C1 could only write ASCII the long way round, so two bytes start at C2.
        bytesNeeded = 1
        codePoint = byte & 0x1f
      } else if (byte >= 0xe0 && byte <= 0xef) {
        // After E0 anything below A0 would be overlong; after ED anything above 9F would be a surrogate.
        if (byte === 0xe0) lowerBoundary = 0xa0
        if (byte === 0xed) upperBoundary = 0x9f
        bytesNeeded = 2
        codePoint = byte & 0xf
      } else if (byte >= 0xf0 && byte <= 0xf4) {
        // After F0 anything below 90 would be overlong; after F4 anything above 8F is beyond U+10FFFF.
        if (byte === 0xf0) lowerBoundary = 0x90
        if (byte === 0xf4) upperBoundary = 0x8f
        bytesNeeded = 3
        codePoint = byte & 0x7
      } else {
        // No sequence begins with this byte.
        characters.push({ text: REPLACEMENT, start })
      }
      continue
    }

    if (byte < lowerBoundary || byte > upperBoundary) {
      // The sequence breaks off here: one replacement for all of it that was well-formed so far, then this byte
      // is read once more, as the first of what follows. (A line end is therefore never swallowed.)
      codePoint = bytesNeeded = bytesSeen = 0
      lowerBoundary = 0x80
      upperBoundary = 0xbf
      characters.push({ text: REPLACEMENT, start })
      at--
      continue
    }

    // Only the second byte of a sequence has narrower boundaries.
    lowerBoundary = 0x80
    upperBoundary = 0xbf
    codePoint = (codePoint << 6) | (byte & 0x3f)
    bytesSeen++
    if (bytesSeen !== bytesNeeded) continue
    characters.push({ text: String.fromCodePoint(codePoint), start })
    codePoint = bytesNeeded = bytesSeen = 0
  }

  // The end of the input in the middle of a sequence is one error.
  if (bytesNeeded !== 0) characters.push({ text: REPLACEMENT, start })
  return characters
}

/**
 * Bytes as the WHATWG Encoding Standard decodes UTF-8, transcribed step by step: malformed input becomes U+FFFD, one
 * for each maximal well-formed part, and a byte order mark is kept. It means the same as
 * `new TextDecoder('utf-8', { ignoreBOM: true })`, without trusting the one of the runtime under test.
 *
 * @example
 * ```ts
 * import { referenceDecode } from '@tesserae/testkit'
 *
 * referenceDecode(Uint8Array.of(0x61, 0xe2, 0x82, 0x62)) // => 'a\ufffdb'
 * ```
 */
export function referenceDecode(bytes: Uint8Array): string {
  return decodeCharacters(bytes)
    .map((character) => character.text)
    .join('')
}
