import { cellAt } from './cells.ts'
import { countWhere, type TapeChunk } from './tape.ts'

/** So many columns beside a row are left free for the line ends after it. */
export const HANGING = 4

/**
 * The stream in rows of at most so many columns: a row ends after the line ends of the stream, and where it is full. It
 * only grows, so what a row is does not depend on what comes after it.
 */
export class Rows {
  readonly columns: number
  /** Where each row begins, in bytes of the stream. */
  readonly starts: number[] = []
  #column = 0
  #isBehindLine = true

  constructor(columns: number) {
    this.columns = columns
  }

  push(chunk: TapeChunk): void {
    for (let at = 0; at < chunk.bytes.length;) {
      const { kind, width, length } = cellAt(chunk, at)
      const isLineEnd = kind === 'line-feed' || kind === 'carriage-return'
      // Line ends stay on the row that they end, also those of the blank lines after it, and may hang over its edge.
      const isFull = this.#column + width > this.columns + (isLineEnd ? HANGING : 0)
      if (this.starts.length === 0 || isFull || (this.#isBehindLine && !isLineEnd)) {
        this.starts.push(chunk.start + at)
        this.#column = 0
      }
      this.#column += width
      this.#isBehindLine = isLineEnd
      at += length
    }
  }

  /** How many rows there are when so many bytes have come. */
  countAt(offset: number): number {
    return countWhere(this.starts, (start) => start < offset)
  }

  /** The row that a byte lies in. */
  rowOf(offset: number): number {
    return Math.max(0, countWhere(this.starts, (start) => start <= offset) - 1)
  }
}
