// HOT: `next` runs once for every event. What each case costs: `npm run bench -- parser`.
import { Assembler, isData } from './assembler.ts'
import { CR, LF, SPACE } from './chars.ts'
import { Chunk, type Tally } from './chunk.ts'
import { eventTooLarge, type SseError } from './errors.ts'
import { ViewedEvent } from './event.ts'
import { Queue } from './queue.ts'
import { Slab } from './slab.ts'
import type { ParserOptions, Verdict } from './types.ts'

const DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024

/**
 * The bytes of one stream, chunk by chunk: the only place that knows where the network cut it.
 *
 * Between calls it holds that every byte before `#at` has been handed on: into an event, to the assembler, or to
 * nobody because nobody wants it. So whatever a consumer or a callback does between two events, throwing included,
 * the next call goes on behind it.
 */
export class Scanner {
  readonly tally: Tally
  readonly #assembler: Assembler
  readonly #limit: number
  /** The longest line that may take the shortcut: none, if that is switched off. */
  readonly #shortcut: number

  /** What is being read, up to `#at`, and what waits. */
  #chunk: Chunk
  #at = 0
  #queue: Queue<Uint8Array> = new Queue()
  /** The beginning of a line whose end has not come. */
  readonly #part: Slab
  /** Bytes of the block's lines so far, line ends not counted: zero between blocks. */
  #size = 0
  /** The last chunk ended in CR: a line feed at the start of the next belongs to it. */
  #swallow = false
  /** Offsets in the stream: of the chunk, and of the block. */
  #offset = 0
  #block = 0
  #failure: SseError | undefined

  constructor(
    options: ParserOptions,
    lastEventId = '',
    tally: Tally = { plain: false, ascii: false, long: false, copied: 0, moved: 0 },
  ) {
    this.tally = tally
    this.#limit = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES
    this.#shortcut = tally.plain ? -1 : this.#limit
    this.#assembler = new Assembler(options, lastEventId, tally)
    this.#part = new Slab(tally)
    this.#chunk = new Chunk(new Uint8Array(0), tally)
  }

  get lastEventId(): string {
    return this.#assembler.lastEventId
  }

  get reconnectionTime(): number | undefined {
    return this.#assembler.reconnectionTime
  }

  /** How many bytes of the stream have been read. */
  get position(): number {
    return this.#offset + this.#at
  }

  /** Counts bytes that are not part of any line. */
  skip(bytes: number): void {
    this.#offset = bytes
  }

  feed(bytes: Uint8Array): void {
    if (this.#failure) throw this.#failure
    if (bytes.length === 0) return
    if (this.#at < this.#chunk.bytes.length || this.#queue.length > 0) this.#queue.push(bytes)
    else this.#enter(bytes)
  }

  next(): ViewedEvent | undefined {
    const assembler = this.#assembler
    const part = this.#part
    for (;;) {
      const chunk = this.#chunk
      const { bytes } = chunk
      const start = this.#at
      const end = bytes.length
      if (start === end) {
        if (this.#advance()) continue
        return undefined
      }

      const stop = chunk.lineEnd(start)
      let after = stop + 1
      if (bytes[stop] === CR && bytes[after] === LF) after++

      // The shortcut: a block of one line of data, which is what language models send. The rules are those of the
      // assembler, and the tests run with it and without. bench: parser/live-ascii
      if (this.#size === 0 && isData(bytes, start) && stop - start <= this.#shortcut) {
        const blank = bytes[after]
        if (blank === LF || (blank === CR && bytes[after + 1] === LF)) {
          this.#at = blank === LF ? after + 1 : after + 2
          const value = bytes[start + 5] === SPACE ? start + 6 : start + 5
          const text = chunk.ahead(value, stop)
          return new ViewedEvent(
            undefined,
            undefined,
            assembler.lastEventId,
            chunk,
            value,
            stop,
            text,
          )
        }
      }

      const whole = part.start === part.end
      if (this.#size === 0) this.#block = this.#offset + start
      this.#size += stop - start
      if (this.#size > this.#limit) {
        // From where the counted bytes end, the first one too many is found, wherever the cut is.
        this.#failure = eventTooLarge(this.#limit, this.#offset + stop - this.#size + this.#limit)
        this.stop()
        throw this.#failure
      }
      if (!whole || stop === end) part.append(bytes.subarray(start, stop))
      this.#at = stop
      if (stop === end) continue
      this.#at = after
      this.#swallow = bytes[stop] === CR && after === end && bytes[end - 1] === CR
      if (!whole) {
        this.#finish()
      } else if (stop > start) {
        assembler.line(chunk, start, stop)
      } else {
        this.#size = 0
        const event = assembler.dispatch()
        if (event) return event
      }
    }
  }

  /** Whether the stream may end here. */
  judge(): Verdict {
    const fields = this.#assembler.fields()
    if (!fields && this.#part.start === this.#part.end) return { complete: true }
    return { complete: false, bytes: this.position - this.#block, fields: fields ?? [] }
  }

  /** Takes what is there of an event, as if its line ends had come. */
  complete(): ViewedEvent | undefined {
    if (this.#part.start < this.#part.end) this.#finish()
    return this.#assembler.dispatch()
  }

  /** Drops what has not been read. */
  stop(): void {
    this.#chunk = new Chunk(new Uint8Array(0), this.tally)
    this.#queue = new Queue()
    this.#offset += this.#at
    this.#at = 0
  }

  /** Goes to the next chunk. False: there is none. */
  #advance(): boolean {
    // What the block views of the chunk is copied: nothing is held of a chunk that has been read.
    this.#assembler.leave(this.#chunk)
    const bytes = this.#queue.shift()
    if (bytes) this.#enter(bytes)
    else if (this.#failure) throw this.#failure
    return bytes !== undefined
  }

  #enter(bytes: Uint8Array): void {
    this.#assembler.leave(this.#chunk)
    this.#offset += this.#at
    this.#chunk = new Chunk(bytes, this.tally)
    this.#at = this.#swallow && bytes[0] === LF ? 1 : 0
    this.#swallow = false
  }

  /** The line that came in parts is whole. */
  #finish(): void {
    const { memory, start, end } = this.#part
    this.#part.release()
    this.#assembler.line(memory, start, end)
  }
}
