const LF = 10
const CR = 13

/**
 * After how many bytes each block of an event stream ends, the blank line with it. What the stream breaks off in is the
 * last block. A line ends in CR LF, LF or CR, as the standard says.
 */
export function blockEnds(bytes: Uint8Array): number[] {
  const ends: number[] = []
  let lineStart = 0
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== LF && bytes[at] !== CR) continue
    const isBlank = at === lineStart
    if (bytes[at] === CR && bytes[at + 1] === LF) at++
    lineStart = at + 1
    if (!isBlank) continue
    // Blank lines that follow on one another end nothing more.
    if (ends.length > 0 && isAllBlank(bytes, ends.at(-1) ?? 0, at)) ends.pop()
    ends.push(lineStart)
  }
  if ((ends.at(-1) ?? 0) < bytes.length) ends.push(bytes.length)
  return ends
}

function isAllBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== LF && bytes[at] !== CR) return false
  return true
}
