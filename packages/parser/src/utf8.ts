/** What stands for bytes that are not UTF-8. */
export const REPLACEMENT = '\u{fffd}'

/** How many bytes a character has that begins with this one: 1 for a byte that begins none. */
export function lengthOfCharacter(first: number): number {
  return first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

/** Where the character begins that is cut off at `end`, or `end` if none is. */
export function endOfCharacters(bytes: Uint8Array, end: number): number {
  let at = end - 1
  let byte = bytes[at] ?? 0
  if (byte < 0x80) return end
  while (at > 0 && at > end - 3 && (byte & 0xc0) === 0x80) byte = bytes[--at] ?? 0
  return at + lengthOfCharacter(byte) > end ? at : end
}

/** How many bytes more than units `text` has from `start` to `end`, as UTF-8. A surrogate is half of four bytes. */
export function surplusOf(text: string, start: number, end: number): number {
  let surplus = 0
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0x80) surplus += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return surplus
}
