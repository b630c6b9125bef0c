/** How a stream that was pasted is cut into chunks. */
export type Cuts = 'whole' | 'event' | 'line' | 'byte' | 'random'

/** The ends of the chunks. Random ones are the same for the same seed. */
export function cutEnds(bytes: Uint8Array, cuts: Cuts, seed = 1): number[] {
  const { length } = bytes
  const ends: number[] = []
  if (cuts === 'byte') for (let at = 1; at < length; at++) ends.push(at)
  else if (cuts === 'random') {
    let state = seed >>> 0 || 1
    for (let at = 0; ;) {
      // xorshift32
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      at += 1 + ((state >>> 0) % 120)
      if (at >= length) break
      ends.push(at)
    }
  } else if (cuts !== 'whole')
    for (let at = 1; at < length; at++)
      if (endsLine(bytes, at) && (cuts === 'line' || startsBlank(bytes, at))) ends.push(at)
  if (length > 0) ends.push(length)
  return ends
}

/** Whether a line ends right before `at`. A carriage return and a line feed are one line end. */
function endsLine(bytes: Uint8Array, at: number): boolean {
  const before = bytes[at - 1]
  return before === 0x0a || (before === 0x0d && bytes[at] !== 0x0a)
}

/** Whether the line that ends right before `at` is blank. */
function startsBlank(bytes: Uint8Array, at: number): boolean {
  const isPair = bytes[at - 1] === 0x0a && bytes[at - 2] === 0x0d
  const start = at - (isPair ? 2 : 1)
  return start > 0 && (bytes[start - 1] === 0x0a || bytes[start - 1] === 0x0d)
}
