/** One piece of the body, as the network delivered it. */
export interface TapeChunk {
  /** Milliseconds after the request was sent. */
  readonly at: number
  /** Where in the stream it begins and ends, in bytes. */
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
  /** How many of its first bytes should belong to a character that an earlier chunk began. */
  readonly owed: number
}

/** How the stream stopped. */
export interface TapeEnd {
  readonly at: number
  readonly how: 'closed' | 'failed' | 'stopped'
  /** What failed. */
  readonly error?: unknown
}

/**
 * What came over the network, with its times. A position on it is a number of steps: each chunk is one, and the end is
 * one of its own, because it comes at a time of its own too.
 */
export class Tape {
  readonly chunks: TapeChunk[] = []
  end: TapeEnd | undefined
  /** Whether its times were measured. Without them only the order counts, and its steps are one apart. */
  readonly hasTimes: boolean
  #owed = 0

  constructor(hasTimes = true) {
    this.hasTimes = hasTimes
  }

  get length(): number {
    return this.chunks.at(-1)?.end ?? 0
  }

  get steps(): number {
    return this.chunks.length + (this.end ? 1 : 0)
  }

  push(bytes: Uint8Array, at: number): TapeChunk {
    const start = this.length
    const chunk = { at, start, end: start + bytes.length, bytes, owed: this.#owed }
    this.chunks.push(chunk)
    this.#owed = owedAfter(bytes, this.#owed)
    return chunk
  }

  /** How many bytes have come at a position. */
  offsetAt(position: number): number {
    if (position <= 0) return 0
    return this.chunks[Math.min(position, this.chunks.length) - 1]?.end ?? 0
  }

  /** When a position was reached. */
  timeAt(position: number): number {
    if (position <= 0) return 0
    if (this.end && position > this.chunks.length) return this.end.at
    return this.chunks[Math.min(position, this.chunks.length) - 1]?.at ?? 0
  }

  /** The last position that was reached at a time. */
  positionAt(time: number): number {
    if (this.end && this.end.at <= time) return this.steps
    return countWhere(this.chunks, (chunk) => chunk.at <= time)
  }

  /** The chunk that a byte lies in; the last one for what lies after it. */
  indexOf(offset: number): number {
    const index = countWhere(this.chunks, (chunk) => chunk.end <= offset)
    return Math.min(index, this.chunks.length - 1)
  }

  /** Bytes `from` to `to`: a view where they came in one chunk. */
  slice(from: number, to: number): Uint8Array {
    const first = this.chunks[this.indexOf(from)]
    if (!first || to <= from) return new Uint8Array(0)
    if (to <= first.end) return first.bytes.subarray(from - first.start, to - first.start)
    const joined = new Uint8Array(Math.min(to, this.length) - from)
    for (let index = this.indexOf(from); index < this.chunks.length; index++) {
      const { start, end, bytes } = this.chunks[index]!
      if (start >= to) break
      const part = bytes.subarray(Math.max(0, from - start), Math.min(end, to) - start)
      joined.set(part, Math.max(0, start - from))
    }
    return joined
  }
}

/** How many items at the beginning of a sorted list have a property that those after them lack. */
export function countWhere<T>(items: readonly T[], has: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (has(items[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}

/** How many bytes a character lacks that a chunk breaks off in. */
function owedAfter(bytes: Uint8Array, before: number): number {
  const { length } = bytes
  if (length === 0) return before
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return Math.max(0, sequenceLength(byte) - back)
  }
  // All of it goes on what came before.
  return length <= 3 ? Math.max(0, before - length) : 0
}

/** How many bytes a character has that begins with this one; 1 for what begins none. */
export function sequenceLength(byte: number): number {
  if (byte >= 0xc2 && byte <= 0xdf) return 2
  if (byte >= 0xe0 && byte <= 0xef) return 3
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 1
}
