import {
  createParser,
  type EndVerdict,
  type Parser,
  type SseError,
  type SseEvent,
} from '@tesserae/parser'
import { countWhere } from './tape.ts'

const LF = 0x0a
const CR = 0x0d

/** What the parser made of a stretch of the stream. */
export type EntryKind =
  | 'event'
  | 'comment'
  | 'retry'
  | 'unknown'
  /** A block without data: the standard makes no event of it. */
  | 'empty'
  /** What the stream broke off in. */
  | 'cut'

export interface Entry {
  readonly index: number
  readonly kind: EntryKind
  /** Its bytes. A line feed after a carriage return may come later and belong to it. */
  readonly start: number
  end: number
  /** How many bytes had come when it was known; `Infinity` for what shows at the end of the stream alone. */
  readonly known: number
  readonly event?: SseEvent
  /** What a comment, an unknown line or a `retry` says. */
  readonly text?: string
}

/**
 * What the parser finds, with the places of it in the stream. The parser tells no offsets, so it is fed line by line:
 * what it gives after a line ended there. Cuts make no difference to it.
 */
export class EventLog {
  readonly entries: Entry[] = []
  /** The parser gave up: nothing after this is read. */
  failure: { readonly error: SseError; readonly known: number } | undefined
  verdict: EndVerdict | undefined
  readonly #parser: Parser
  #offset = 0
  #lineStart = 0
  /** Where the block began, and whether it has fields that only count together with data. */
  #blockStart: number | undefined
  #hasFields = false
  /** What a callback said about the line. */
  #noted: Pick<Entry, 'kind' | 'text'> | undefined
  #isBehindReturn = false

  constructor(maxEventBytes?: number) {
    this.#parser = createParser({
      maxEventBytes,
      onComment: (text) => (this.#noted = { kind: 'comment', text }),
      onRetry: (milliseconds) => (this.#noted = { kind: 'retry', text: `${milliseconds} ms` }),
      onUnknownField: (name, value) =>
        (this.#noted = { kind: 'unknown', text: value === '' ? name : `${name}: ${value}` }),
    })
  }

  /** Takes a chunk, and answers where in the stream blocks end in it. */
  push(bytes: Uint8Array): number[] {
    const ends: number[] = []
    let at = 0
    if (this.#isBehindReturn && bytes[0] === LF) {
      at = this.#take(bytes, 0, 1)
      this.#lineStart = this.#offset
      const last = this.entries.at(-1)
      if (last?.end === this.#offset - 1) last.end++
    }
    if (bytes.length > 0) this.#isBehindReturn = false
    while (at < bytes.length) {
      const stop = lineEnd(bytes, at)
      let after = Math.min(stop + 1, bytes.length)
      if (bytes[stop] === CR && bytes[after] === LF) after++
      at = this.#take(bytes, at, after)
      if (stop === bytes.length) {
        // A line without end may be beyond the limit; else there is nothing to be had in the middle of one.
        this.#next()
        break
      }
      this.#isBehindReturn = bytes[after - 1] === CR
      const isBlank = this.#offset - this.#lineStart === after - stop
      this.#endLine(isBlank)
      if (isBlank) ends.push(this.#offset)
    }
    return ends
  }

  /** No more will come. */
  end(): void {
    if (this.failure) return
    // What was fed last has been asked for, so that the limit cannot be met here.
    this.verdict = this.#parser.end()
    if (this.verdict.complete) return
    const start = this.#blockStart ?? this.#lineStart
    this.#add({ kind: 'cut', start, end: this.#offset, known: Infinity })
  }

  /** How many entries are known when so many bytes have come, or the stream has ended. */
  countAt(offset: number, hasEnded: boolean): number {
    return countWhere(this.entries, ({ known }) =>
      known === Infinity ? hasEnded : known <= offset,
    )
  }

  /** The innermost entry that a byte belongs to. */
  at(offset: number): Entry | undefined {
    // An entry ends after those before it, and what lies within it comes before it.
    let index = countWhere(this.entries, ({ end }) => end <= offset)
    for (let entry; (entry = this.entries[index]); index++) {
      if (entry.start <= offset) return entry
      if (entry.kind === 'event') break
    }
    return undefined
  }

  /** The entry that was known when so many bytes had come, and not before. */
  knownAt(offset: number): Entry | undefined {
    const entry = this.entries[countWhere(this.entries, ({ known }) => known <= offset) - 1]
    return entry?.known === offset ? entry : undefined
  }

  #take(bytes: Uint8Array, from: number, to: number): number {
    this.#offset += to - from
    if (!this.failure) this.#parser.feed(bytes.subarray(from, to))
    return to
  }

  /** What the parser has by now. */
  #next(): SseEvent | undefined {
    if (this.failure) return undefined
    try {
      return this.#parser.next()
    } catch (error) {
      this.failure = { error: error as SseError, known: this.#offset }
      return undefined
    }
  }

  #endLine(isBlank: boolean): void {
    this.#noted = undefined
    const event = this.#next()
    if (this.failure) return
    const end = this.#offset
    const known = end
    const lineStart = this.#lineStart
    this.#lineStart = end
    const noted = this.#noted as Pick<Entry, 'kind' | 'text'> | undefined
    if (noted) this.#add({ ...noted, start: lineStart, end, known })
    if (isBlank) {
      const start = this.#blockStart ?? lineStart
      if (event) this.#add({ kind: 'event', start, end, known, event })
      else if (this.#hasFields) this.#add({ kind: 'empty', start, end, known })
      this.#blockStart = undefined
      this.#hasFields = false
    } else if (!noted) {
      this.#blockStart ??= lineStart
      this.#hasFields = true
    }
  }

  #add(entry: Omit<Entry, 'index'>): void {
    this.entries.push({ ...entry, index: this.entries.length })
  }
}

/** Where the line ends that `at` lies in. */
function lineEnd(bytes: Uint8Array, at: number): number {
  let stop = at
  while (stop < bytes.length && bytes[stop] !== LF && bytes[stop] !== CR) stop++
  return stop
}
