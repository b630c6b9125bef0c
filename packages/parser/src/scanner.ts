// HOT: `next` runs once for every event. What each case costs: `npm run bench -- parser`.
import { Assembler, endBefore, isData } from './assembler.ts'
import { CR, D, DATA_AT, E, LF, SPACE } from './chars.ts'
import { Chunk, eventOf, NEAR_IN_BYTES, newTally, prepare, type Tally } from './chunk.ts'
import { eventTooLarge, type SseError } from './errors.ts'
import { ViewedEvent } from './event.ts'
import { Queue } from './queue.ts'
import { Slab } from './slab.ts'
import type { ParserOptions, EndVerdict } from './types.ts'

/**
 * The bytes of one stream, chunk by chunk: no other knows where in it one is. Between calls, every byte before `#at` has
 * been handed on: into an event, to the assembler, or to nobody because nobody wants it. So whatever a consumer or a
 * callback does between two events, throwing included, the next call goes on behind it.
 */
export class Scanner {
  readonly tally: Tally
  readonly assembler: Assembler
  readonly #limit: number
  /** What is being read, up to `#at` of `#end`, for its memory may go once it is read; and what waits. */
  #chunk = new Chunk(new Uint8Array(0), true)
  #at = 0
  #end = 0
  #queue = new Queue<Uint8Array>()
  /** Whether the last line of data was long: then the end of the next is not looked for byte by byte. */
  #long = false
  /** The longest block that may take the shortcut: none, if that is switched off. */
  readonly #shortcut: number
  /** The beginning of a line whose end has not come. */
  readonly #part: Slab
  /** Bytes of the block's lines so far, line ends not counted: zero between blocks. */
  #size = 0
  /** The last chunk ended in CR: a line feed at the start of the next belongs to it. */
  #swallow = false
  /** Offsets in the stream: of the chunk, and of the block. */
  #offset = 0
  #begin = 0
  #failure: SseError | undefined

  constructor(options: ParserOptions, lastEventId = '', tally: Tally = newTally()) {
    this.tally = tally
    this.#limit = options.maxEventBytes ?? 16 * 1024 * 1024
    this.#shortcut = tally.plain ? -1 : this.#limit
    this.assembler = new Assembler(options, lastEventId, tally)
    this.#part = new Slab(tally)
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
    if (bytes.length > 0) this.#queue.push(bytes)
  }

  next(): ViewedEvent | undefined {
    for (;;) {
      while (this.#at === this.#end) {
        // What the block views of the chunk is copied: it holds nothing of a chunk that has been read.
        if (this.#size > 0) this.assembler.leave(this.#chunk)
        const bytes = this.#queue.shift()
        if (!bytes && this.#failure) throw this.#failure
        if (!bytes) return undefined
        this.#enter(bytes)
        if (this.#chunk.stop > 0) {
          this.#at = this.#end
          return eventOf(this.#chunk, this.assembler)
        }
      }
      const chunk = this.#chunk
      const { bytes, lines } = chunk
      const start = this.#at
      const first = lines || start < chunk.value ? bytes[start] : undefined
      // The shortest way: a block of one line of data, maybe with a name, as nearly everybody writes one. What it leaves
      // out of the general rules, which are the assembler's, costs a third. bench: parser/openai-ascii-lf, parser/named
      if (this.#size === 0 && (first === D || first === E)) {
        const at = first === D ? start : chunk.afterName(start, this.#shortcut)
        const name = at > start ? this.assembler.nameAbove(chunk, start, at) : undefined
        if (isData(bytes, at) && bytes[at + 5] === SPACE) {
          const value = at + DATA_AT
          const lf = chunk.lf < value ? lines!.indexOf('\n', value) : chunk.lf
          const stop = lf < chunk.cr ? lf : chunk.endAt(value, lf)
          const blank = bytes[lf + 1] === CR ? lf + 2 : lf + 1
          if (stop > 0 && stop - start <= this.#shortcut && bytes[blank] === LF) {
            this.#at = blank + 1
            // Where events are read, the text of the next one costs nothing.
            const data = chunk.ascii === true ? chunk.text?.slice(value, stop) : undefined
            const id = this.assembler.lastEventId
            return new ViewedEvent(name, undefined, id, chunk, value, stop, data)
          }
          chunk.lf = lf < 0 ? bytes.length : lf
        }
        if (at > start) {
          // The general rules go on behind the name: of its line's end nothing is known any more.
          this.#begin = this.#offset + start
          this.#size = endBefore(bytes, at) - start
          this.#at = at
          this.assembler.name(name ?? '')
        }
      }
      const event = this.#lines()
      if (event) return event
    }
  }

  /** Line by line, by the general rules, until a block ends, be it with an event or not, or the chunk does. */
  #lines(): ViewedEvent | undefined {
    const assembler = this.assembler
    const part = this.#part
    for (;;) {
      const chunk = this.#chunk // a callback may have called stop()
      const { bytes } = chunk
      const start = this.#at
      const end = bytes.length
      if (start === end) return undefined
      const whole = part.start === part.end
      const data = whole && isData(bytes, start)
      const stop = chunk.lineEnd(start, data ? this.#long : chunk.text !== undefined)
      if (data) this.#long = stop - start > NEAR_IN_BYTES
      let after = stop + 1
      if (bytes[stop] === CR && bytes[after] === LF) after++
      if (this.#size === 0) this.#begin = this.#offset + start
      this.#size += stop - start
      // A blank line after the data ends the block, which most do so. bench: parser/named
      if (data && this.#size <= this.#shortcut) {
        const blank = bytes[after] // a CR at the end of the chunk may be half of a line end
        if (blank === LF || (blank === CR && bytes[after + 1] === LF)) {
          this.#at = blank === LF ? after + 1 : after + 2
          this.#size = 0
          assembler.data(chunk, bytes[start + 5] === SPACE ? start + 6 : start + 5, stop)
          return assembler.dispatch()
        }
      }
      if (this.#size > this.#limit) {
        // From where the counted bytes end, the first one too many is found, wherever the cut is.
        this.#failure = eventTooLarge(this.#limit, this.#offset + stop - this.#size + this.#limit)
        this.stop()
        throw this.#failure
      }
      if (!whole || stop === end) part.append(bytes.subarray(start, stop))
      this.#at = stop === end ? end : after
      if (stop === end) continue
      this.#swallow = bytes[stop] === CR && after === end && bytes[end - 1] === CR
      if (!whole) {
        this.#finish()
      } else if (stop > start) {
        assembler.line(chunk, start, stop)
      } else {
        this.#size = 0
        return assembler.dispatch()
      }
    }
  }

  /** Whether the stream may end here. */
  judge(): EndVerdict {
    const fields = this.assembler.fields()
    if (!fields && this.#part.start === this.#part.end) return { complete: true }
    return { complete: false, bytes: this.position - this.#begin, fields: fields ?? [] }
  }

  /** Takes what is there of an event, as if its line ends had come. */
  complete(): ViewedEvent | undefined {
    if (this.#part.start < this.#part.end) this.#finish()
    return this.assembler.dispatch()
  }

  /** Drops what has not been read. */
  stop(): void {
    this.#chunk = new Chunk(new Uint8Array(0), true)
    this.#queue = new Queue()
    this.#offset += this.#at
    this.#at = this.#end = 0
  }

  /** Goes to another chunk. */
  #enter(bytes: Uint8Array): void {
    this.#offset += this.#at
    this.#end = bytes.length
    this.#at = this.#swallow && bytes[0] === LF ? 1 : 0
    this.#swallow = false
    this.#chunk = this.tally.plain
      ? new Chunk(bytes, true)
      : prepare(bytes, this.#chunk, this.#size === 0 ? this.#shortcut : -1)
  }

  /** The line that came in parts is whole. */
  #finish(): void {
    const { memory, start, end } = this.#part
    this.#part.release()
    this.assembler.line(memory, start, end)
  }
}
