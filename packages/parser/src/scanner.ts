// HOT: `#lex` runs once for every chunk. What each kind of line costs: `npm run bench -- parser --mixed`.
import { COLON, CR, LF, R } from './chars.ts'
import { Chunk, Habit } from './chunk.ts'
import { chunkChanged, eventTooLarge } from './errors.ts'
import { ViewedEvent } from './event.ts'
import { dataAt, eventAt, idAt, valueAt } from './fields.ts'
import { Growing } from './growing.ts'
import { unitsAreCheap } from './native.ts'
import { Queue } from './queue.ts'
import type { EndVerdict, FieldName, ParserOptions } from './types.ts'

/** Options that `/compat` needs. */
export interface BlockOptions extends ParserOptions {
  /** Called with the ID of each block that has one and no event, as the block ends. */
  readonly onBlockId?: ((id: string) => void) | undefined
}

/** What comes out of a stream, in order: events, and what else there is to do between them. */
type Item = ViewedEvent | (() => void)

/** `setTimeout` takes no more; the standard sets no limit. */
const LONGEST_DELAY = 2 ** 31 - 1

/** How many items are made at once. */
const BATCH = 128

/** An event is put together as a string, which V8 limits to 512 MiB; a piece of a chunk has to fit in as well. */
const LARGEST = 480 * 1024 * 1024

/** A chunk is taken in pieces of so many bytes: a string that is kept may pin the text of one. */
const PIECE = 1 << 24

/**
 * Chunks in, events out. Where it stands between two chunks:
 *
 * - *before a block*: `#size` is 0, and no field below it is set;
 * - *in a block*: `#name`, `#id` and `#data` are what its lines have said;
 * - and in either, *in a line*, whose beginning is in `#line`.
 */
export class Scanner {
  readonly #options: BlockOptions
  readonly #limit: number
  readonly #habit: Habit
  readonly #queue: Queue<Chunk> = new Queue()
  #failure: Error | undefined

  /** As they stand after the item that was taken last. */
  lastEventId: string
  reconnectionTime: number | undefined
  readonly #batch: (Item | undefined)[] = []
  #found = 0
  #taken = 0

  /** How many bytes of the stream have been taken in, and had been before the chunk that is read. */
  position = 0
  #base = 0
  /** The chunk that is gone on with when the batch is taken: from where, and where it has the next line ends. */
  #chunk: Chunk | undefined
  #at = 0
  #lf = 0
  #cr = 0

  /** The block so far: bytes of its lines, as far as they count, and the unit that those of the chunk begin at. */
  #size = 0
  #body = 0
  #name: string | undefined
  #id: string | undefined
  /** Its data in the chunk, as an event has it: none if `#stop` is 0. */
  #start = 0
  #stop = 0
  /** Its data in chunks before: each line of it after a line feed. */
  readonly #data: Growing = new Growing()
  #latestId: string
  /** Where the comments and lines since the last blank line begin: a unit, or -1 if it was before; and a byte of the stream. */
  #first = 0
  #begin = 0
  /** A line whose end has not come. */
  readonly #line: Growing = new Growing()
  /** The last line ended in a CR, the chunk's last byte. */
  #swallow = false

  constructor(options: BlockOptions, lastEventId = '', plain = false) {
    this.#options = options
    this.#limit = Math.min(options.maxEventBytes ?? 16 * 1024 * 1024, LARGEST)
    this.lastEventId = this.#latestId = lastEventId
    this.#habit = new Habit(plain ? false : unitsAreCheap ? undefined : true)
  }

  /** Counts bytes that are not part of any line. */
  skip(bytes: number): void {
    this.position = bytes
  }

  feed(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure
    const { length } = bytes
    if (length > PIECE)
      for (let at = 0; at < length; at += PIECE)
        this.#queue.push(new Chunk(bytes.subarray(at, at + PIECE), this.#habit))
    else if (length > 0) this.#queue.push(new Chunk(bytes, this.#habit))
  }

  feedText(text: string): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#line.keepsText = this.#data.keepsText = true
    if (text !== '') this.#queue.push(Chunk.of({ text, isBytes: false }, this.#habit))
  }

  next(): ViewedEvent | undefined {
    while (this.#taken < this.#found || this.#goOn()) {
      const batch = this.#batch
      const item = batch[this.#taken]!
      batch[this.#taken++] = undefined
      if (typeof item !== 'function') {
        this.lastEventId = item.lastEventId
        return item
      }
      item()
    }
    return undefined
  }

  /** Whether the stream may end here. */
  judge(): EndVerdict {
    if (this.#size === 0 && this.#line.length === 0) return { complete: true }
    const fields: FieldName[] = []
    if (this.#name !== undefined) fields.push('event')
    if (this.#data.length > 0) fields.push('data')
    if (this.#id !== undefined) fields.push('id')
    return { complete: false, bytes: this.position - this.#begin, fields }
  }

  /** Takes what is there of an event, as if its line ends had come. */
  complete(): void {
    this.feedText('\n\n')
  }

  /** Drops what has not been read. */
  stop(): void {
    this.#chunk = undefined
    while (this.#queue.shift() !== undefined);
    this.#found = this.#taken = 0
  }

  /** Comes after the events before it. */
  #fail(error: Error): void {
    this.#chunk = undefined
    this.#batch[this.#found++] = () => {
      this.stop()
      this.#failure = error
      throw error
    }
  }

  /** Makes the next batch, unless there is nothing to make it of. */
  #goOn(): boolean {
    this.#found = this.#taken = 0
    while (this.#found === 0) {
      if (this.#failure !== undefined) throw this.#failure
      const chunk = this.#chunk
      if (chunk === undefined) {
        const next = this.#queue.shift()
        if (next === undefined) return false
        this.#enter(next)
      } else if (chunk.isLost) this.#fail(chunkChanged(this.#base))
      else this.#scan(chunk, this.#at, this.#lf, this.#cr)
    }
    return true
  }

  #enter(chunk: Chunk): void {
    const line = this.#line
    this.#base = this.position
    if (chunk.length >= 0) {
      if (!chunk.isWhole) return this.#fail(chunkChanged(this.position))
      this.position += chunk.length
      const most = this.#size + line.length + chunk.length
      const start = line.begins('data: ') ? line.take().text : ''
      chunk.decode(this.#habit.decodes() && most <= this.#limit, start, line.length > 0)
      this.#habit.isAscii = chunk.isAscii
    }
    let at = 0
    if (this.#swallow) {
      this.#swallow = false
      if (chunk.text.charCodeAt(0) === LF) at = 1
    }
    if (line.length > 0) this.#finishLine(chunk)
    else {
      if (this.#first >= 0) this.#first = at
      this.#body = at
      this.#scan(chunk, at, -1, -1)
    }
  }

  /** Reads the line that began before the chunk, and the line ends after it, which mostly end its block. */
  #finishLine(chunk: Chunk): void {
    const line = this.#line
    const { text } = chunk
    const end = text.length
    let lf = text.indexOf('\n')
    let cr = text.indexOf('\r')
    if (lf < 0) lf = end
    if (cr < 0) cr = end
    const close = lf < cr ? lf : cr
    const room = this.#limit - this.#size - line.length
    if (close > room) return this.#fail(eventTooLarge(this.#limit, this.#base + room))
    if (close === end) return chunk.addAll(line)
    let at = close
    for (let unit = LF; unit === LF || unit === CR; unit = text.charCodeAt(at)) at++
    chunk.addHead(close, at, line)
    const size = line.length
    const whole = Chunk.of(line.take(), this.#habit)
    this.#lex(whole, 0, -1, -1)
    if (this.#size > 0) this.#size += size - whole.text.length
    this.#keepData(whole)
    if (at < end) this.#swallow = false
    if (this.#first >= 0) this.#first = at
    this.#body = at
    this.#scan(chunk, at, lf, cr)
  }

  #scan(chunk: Chunk, from: number, lf: number, cr: number): void {
    const at = this.#lex(chunk, from, lf, cr)
    if (at >= 0) this.#leave(chunk, at)
  }

  /** Keeps what is left of a chunk: its memory may be used for something else from now on. */
  #leave(chunk: Chunk, at: number): void {
    this.#chunk = undefined
    const first = this.#first
    const isCut = at < chunk.text.length || chunk.isCut
    if (isCut) {
      chunk.addRest(at, this.#line)
      this.#swallow = false
    }
    if (this.#size > 0) {
      if (!chunk.isExact)
        this.#size += chunk.byteAt(at) - at - (chunk.byteAt(this.#body) - this.#body)
      this.#keepData(chunk)
    }
    if (first >= 0 && (first < at || isCut)) {
      this.#begin = this.#base + chunk.byteAt(first)
      this.#first = -1
    }
  }

  #keepData(chunk: Chunk): void {
    if (this.#stop === 0) return
    chunk.copy(this.#start, this.#stop, this.#data)
    this.#stop = 0
  }

  /**
   * Reads the lines of a text.
   *
   * @returns where the line begins whose end is not in it; -1 if there is more to read when the batch is taken
   */
  // long: all state is in locals of one activation. Loaded and stored for every line, it costs more than the line does.
  #lex(chunk: Chunk, from: number, nextLf: number, nextCr: number): number {
    const { text } = chunk
    const end = text.length
    const batch = this.#batch
    const limit = this.#limit
    let found = this.#found
    let at = from
    let lf = nextLf
    let cr = nextCr
    let first = this.#first
    let size = this.#size
    let body = this.#body
    let latestId = this.#latestId
    let name = this.#name
    let id = this.#id
    let start = this.#start
    let stop = this.#stop
    let hasData = this.#data.length > 0
    let close = 0

    while (at < end && found < BATCH) {
      const unit = text.charCodeAt(at)
      close = at
      if (unit !== LF && unit !== CR) {
        if (lf < at && (lf = text.indexOf('\n', at)) < 0) lf = end
        if (cr < at && (cr = text.indexOf('\r', at)) < 0) cr = end
        close = lf < cr ? lf : cr
        if (size + close - at > limit) {
          this.#found = found
          this.#fail(eventTooLarge(limit, this.#base + chunk.byteAt(at) + limit - size))
          return -1
        }
        if (close === end) break
      }
      let next = close + 1
      if (close === cr || unit === CR) {
        if (next === end) this.#swallow = true
        else if (text.charCodeAt(next) === LF) next++
      }

      if (close === at) {
        if (id !== undefined) latestId = id
        if (hasData)
          batch[found++] = this.#joined(name || undefined, id, latestId, chunk, start, stop)
        else if (stop > 0)
          batch[found++] = new ViewedEvent(name || undefined, id, latestId, chunk, start, stop)
        else if (id !== undefined) batch[found++] = this.#noEvent(id)
        name = id = undefined
        hasData = false
        size = stop = 0
        first = at = next
        continue
      }

      let value = 0
      if ((value = dataAt(text, at, close)) >= 0) {
        if (stop === 0) {
          // Most blocks end here. Without the first check V8 calls `charCodeAt`, which it inlines otherwise. bench: mixed, `tiny`
          if (next < end && text.charCodeAt(next) === LF && !hasData) {
            if (id !== undefined) latestId = id
            batch[found++] = new ViewedEvent(name || undefined, id, latestId, chunk, value, close)
            name = id = undefined
            size = 0
            first = at = next + 1
            continue
          }
          start = value
          stop = close
        } else {
          const spans = (chunk.spans ??= [])
          if (start >= 0) start = ~(spans.push(start, stop) - 2)
          stop = spans.push(value, close)
        }
      } else if ((value = eventAt(text, at, close)) >= 0) {
        name = chunk.slice(value, close)
      } else if ((value = idAt(text, at, close)) >= 0) {
        const given = chunk.slice(value, close)
        if (!given.includes('\0')) id = given
      } else if (
        unit === R &&
        text.startsWith('retry', at) &&
        (value = valueAt(text, at + 5, close)) >= 0
      ) {
        const given = chunk.slice(value, close)
        if (/^\d+$/.test(given)) batch[found++] = this.#retry(Math.min(+given, LONGEST_DELAY))
      } else if (
        (unit === COLON ? this.#options.onComment : this.#options.onUnknownField) !== undefined
      ) {
        batch[found++] = this.#told(chunk.slice(at, close))
      }
      if (size === 0 && unit !== COLON) body = at
      if (size > 0 || unit !== COLON) size += close - at
      at = next
    }

    this.#found = found
    if (found > 0) this.#habit.made = true
    this.#latestId = latestId
    this.#first = first
    this.#size = size
    this.#body = body
    this.#name = name
    this.#id = id
    this.#start = start
    this.#stop = stop
    if (at === end || close === end) return at
    this.#chunk = chunk
    this.#at = at
    this.#lf = lf
    this.#cr = cr
    return -1
  }

  /** An event whose data began in a chunk before. */
  #joined(
    name: string | undefined,
    id: string | undefined,
    latestId: string,
    chunk: Chunk,
    start: number,
    stop: number,
  ): ViewedEvent {
    const data = this.#data
    if (stop > 0) chunk.copy(start, stop, data)
    const whole = Chunk.of(data.take(), this.#habit)
    // After the line feed before its first line.
    return new ViewedEvent(name, id, latestId, whole, 1, whole.text.length)
  }

  #noEvent(id: string): Item {
    return () => {
      this.lastEventId = id
      this.#options.onBlockId?.(id)
    }
  }

  #retry(milliseconds: number): Item {
    return () => {
      this.reconnectionTime = milliseconds
      this.#options.onRetry?.(milliseconds)
    }
  }

  /** A comment, or a line that is not a field of the standard. */
  #told(line: string): Item {
    const { onComment, onUnknownField } = this.#options
    const colon = line.indexOf(':')
    if (colon === 0) return () => onComment?.(line.slice(1))
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(valueAt(line, colon, line.length))
    return () => onUnknownField?.(name, value)
  }
}
