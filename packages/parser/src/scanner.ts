// HOT: `#lex` runs once for every chunk. What each kind of line costs: `npm run bench -- parser --mixed`.
import { Carry } from './carry.ts'
import { A, COLON, CR, D, E, I, LF, N, R, SPACE, T, V } from './chars.ts'
import { charactersOf, Chunk, Habit, Lines } from './chunk.ts'
import { chunkChanged, eventTooLarge } from './errors.ts'
import { ViewedEvent } from './event.ts'
import { encode, unitsAreCheap } from './native.ts'
import { Queue } from './queue.ts'
import type { EndVerdict, ParserOptions } from './types.ts'
import { surplusOf } from './utf8.ts'

/** Options that `/compat` needs. */
export interface BlockOptions extends ParserOptions {
  /** Called with the ID of each block that has one and no event, as the block ends. */
  readonly onBlockId?: ((id: string) => void) | undefined
}

/** `setTimeout` takes no more; the standard sets no limit. */
const LONGEST_DELAY = 2 ** 31 - 1

/** How many events are made at once. */
const BATCH = 128

/** An event is put together as a string, which V8 limits to 512 MiB; a piece of a chunk has to fit in as well. */
const LARGEST = 480 * 1024 * 1024

/** A chunk is taken in pieces of so many bytes: a string that is kept may pin the text of one. */
const PIECE = 1 << 24

export class Scanner {
  readonly #options: BlockOptions
  readonly #limit: number
  readonly #habit: Habit
  readonly #queue: Queue<Chunk> = new Queue()
  readonly #carry: Carry = new Carry()
  /** How many bytes of the stream have been taken in. */
  position = 0
  #lastEventId: string
  #reconnectionTime: number | undefined
  #failure: Error | undefined
  /** The last line ended in a CR, the chunk's last byte. */
  #swallow = false

  /** The chunk whose text is to be gone on with, and from where; and where the next line ends of each kind are, if that is known. */
  #chunk: Chunk | undefined
  #at = 0
  #lf = 0
  #cr = 0

  /** The block so far: bytes of its lines, as far as they count. Without any, nothing below is set. */
  #size = 0
  #name: string | undefined
  #id: string | undefined
  #start = -1
  #stop = 0
  #spans: number[] | undefined
  /** The unit of the chunk's text that its first line is at, or 0 if that was before. */
  #body = 0
  /** Where the comments and lines since the last blank line begin: a unit, or -1 if it was before; and a byte of the stream. */
  #first = 0
  #begin = 0

  readonly #batch: (ViewedEvent | undefined)[] = []
  #found = 0
  #taken = 0
  #told: string | undefined
  /** Reconnection times of the batch: how many of its events come before each, and the time. */
  #retries: number[] = []
  #lastUnits = ''
  #lastName = ''

  constructor(options: BlockOptions, lastEventId = '', plain = false) {
    this.#options = options
    this.#limit = Math.min(options.maxEventBytes ?? 16 * 1024 * 1024, LARGEST)
    this.#lastEventId = lastEventId
    this.#habit = new Habit(plain ? false : unitsAreCheap ? undefined : true)
  }

  /** As it stands after the event that was taken last. */
  get lastEventId(): string {
    const taken = this.#batch[this.#taken - 1]
    return taken === undefined ? this.#lastEventId : taken.lastEventId
  }

  /** The same for the reconnection time. */
  get reconnectionTime(): number | undefined {
    const retries = this.#retries
    let time = this.#reconnectionTime
    const taken = this.#found === 0 ? 0 : this.#taken - 1
    for (let at = 0; at < retries.length && retries[at]! <= taken; at += 2) time = retries[at + 1]
    return time
  }

  /** Counts bytes that are not part of any line. */
  skip(bytes: number): void {
    this.position = this.#begin = bytes
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
    if (text !== '') this.#queue.push(Chunk.of(text, false, this.#habit))
  }

  next(): ViewedEvent | undefined {
    for (;;) {
      const taken = this.#taken
      if (taken < this.#found) {
        this.#taken = taken + 1
        return this.#batch[taken]
      }
      if (taken > 0) this.#clear()
      if (this.#failure !== undefined) throw this.#failure
      const chunk = this.#chunk ?? this.#queue.shift()
      if (chunk === undefined) return undefined
      if (this.#chunk === undefined) this.#enter(chunk)
      else if (chunk.isKnown) this.#lex(chunk, this.#at, this.#lf, this.#cr)
      else this.#fail(chunkChanged(this.position - chunk.length))
      if (this.#told !== undefined) this.#tell(this.#told)
    }
  }

  /** Whether the stream may end here. */
  judge(): EndVerdict {
    const carry = this.#carry
    const hasLines = this.#size > 0
    if (!hasLines && carry.lineBytes + carry.partBytes === 0) return { complete: true }
    const fields = hasLines ? { event: this.#name, data: carry.data, id: this.#id } : {}
    return {
      complete: false,
      bytes: this.position - this.#begin,
      fields: (['event', 'data', 'id'] as const).filter((name) => fields[name] !== undefined),
    }
  }

  /** Takes what is there of an event, as if its line ends had come. */
  complete(): ViewedEvent | undefined {
    const carry = this.#carry
    carry.toBytes()
    if (carry.lineBytes > 0) {
      const end = Chunk.of('\n', true, this.#habit)
      carry.prepend(end)
      this.#lex(end, 0, -1, -1)
      if (this.#told !== undefined) this.#tell(this.#told)
    }
    this.#lex(Chunk.of('\n', true, this.#habit), 0, -1, -1)
    return this.next()
  }

  /** Drops what has not been read. */
  stop(): void {
    this.#chunk = this.#told = undefined
    while (this.#queue.shift() !== undefined);
    this.#clear()
  }

  #clear(): void {
    for (let at = 0; at < this.#found; at++) this.#batch[at] = undefined
    this.#found = this.#taken = 0
    if (this.#retries.length > 0) this.#applyRetries()
  }

  #applyRetries(): void {
    this.#reconnectionTime = this.#retries.at(-1)
    this.#retries = []
  }

  #fail(error: Error): void {
    this.stop()
    this.#failure = error
  }

  /** Goes to another chunk. */
  #enter(chunk: Chunk): void {
    if (!chunk.isWhole) return this.#fail(chunkChanged(this.position))
    const carry = this.#carry
    if (chunk.text !== '') {
      // Text goes on in characters, unless there are bytes that are none before it.
      if (!carry.isBytes && carry.partBytes === 0) return this.#lexFrom(chunk)
      return this.#enter(new Chunk(encode(chunk.text), this.#habit))
    }
    const most = this.#size + carry.lineBytes + carry.partBytes + chunk.length
    carry.enter(chunk, this.#habit.decodes() && most <= this.#limit)
    this.#habit.isAscii = !chunk.isBytes && chunk.surplus === 0
    this.position += chunk.length
    this.#lexFrom(chunk)
  }

  #lexFrom(chunk: Chunk): void {
    const carry = this.#carry
    let at = 0
    if (this.#swallow && chunk.text !== '') {
      this.#swallow = false
      if (chunk.text.charCodeAt(0) === LF) at = 1
    }
    if (carry.lineBytes > 0) this.#goOn(chunk)
    else {
      if (this.#first >= 0) this.#first = at
      this.#lex(chunk, at, -1, -1)
    }
  }

  /** Goes on with a line that began before the chunk. A chunk in which it does not end is searched once. */
  #goOn(chunk: Chunk): void {
    const carry = this.#carry
    const { text } = chunk
    const lf = text.indexOf('\n')
    const cr = text.indexOf('\r')
    if (lf >= 0 || cr >= 0) {
      carry.prepend(chunk)
      const end = chunk.text.length
      const moved = end - text.length
      return this.#lex(chunk, 0, lf < 0 ? end : lf + moved, cr < 0 ? end : cr + moved)
    }
    const size = this.#size + carry.lineBytes
    if (chunk.isBytes && size + text.length > this.#limit)
      this.#fail(eventTooLarge(this.#limit, this.position - text.length + this.#limit - size))
    else this.#leave(chunk, 0, 0)
  }

  // long: all state is in locals of one activation. Loaded and stored for every line, it costs more than the line does.
  #lex(chunk: Chunk, from: number, nextLf: number, nextCr: number): void {
    const { text, isBytes } = chunk
    const end = text.length
    const batch = this.#batch
    const limit = this.#limit
    let at = from
    let lf = nextLf
    let cr = nextCr
    let first = this.#first
    let size = this.#size
    let body = this.#body
    let lastEventId = this.#lastEventId
    let name: string | undefined
    let id: string | undefined
    let spans: number[] | undefined
    let start = -1
    let stop = 0
    if (size > 0) {
      name = this.#name
      id = this.#id
      spans = this.#spans
      start = this.#start
      stop = this.#stop
    }
    let found = 0
    // The callback of a line is called when the loop has been left: all state is stored then.
    let told: string | undefined
    let isDone = true
    let isCarried = this.#carry.data !== undefined

    while (at < end) {
      const unit = text.charCodeAt(at)
      let close = at
      if (unit !== LF && unit !== CR) {
        if (lf < at && (lf = text.indexOf('\n', at)) < 0) lf = end
        if (cr < at && (cr = text.indexOf('\r', at)) < 0) cr = end
        close = lf < cr ? lf : cr
        if (size + close - at > limit) {
          if (found > 0) isDone = false
          else this.#fail(eventTooLarge(limit, this.position - (end - at) + limit - size))
          break
        }
        if (close === end) break
      }
      let next = close + 1
      if (close === cr || unit === CR) {
        if (next === end) this.#swallow = true
        else if (text.charCodeAt(next) === LF) next++
      }

      if (close === at) {
        if (id !== undefined) lastEventId = id
        if (start >= 0 && spans === undefined && !isCarried)
          batch[found++] = new ViewedEvent(name || undefined, id, lastEventId, chunk, start, stop)
        else if (start >= 0 || isCarried)
          batch[found++] = this.#joined(
            name || undefined,
            id,
            lastEventId,
            chunk,
            start,
            stop,
            spans,
          )
        else if (id !== undefined && this.#options.onBlockId !== undefined) {
          if (found > 0) {
            isDone = false
            break
          }
          told = `id:${id}`
        }
        isCarried = false
        name = id = spans = undefined
        start = -1
        size = 0
        first = at = next
        if (found === BATCH || told !== undefined) {
          isDone = at === end
          break
        }
        continue
      }

      let value = 0
      if (
        unit === D &&
        text.charCodeAt(at + 1) === A &&
        text.charCodeAt(at + 2) === T &&
        text.charCodeAt(at + 3) === A &&
        (value = valueAt(text, at + 4, close)) >= 0
      ) {
        if (start < 0) {
          // Most blocks end here. bench: mixed, `tiny`
          if (text.charCodeAt(next) === LF && !isCarried) {
            if (id !== undefined) lastEventId = id
            batch[found++] = new ViewedEvent(
              name || undefined,
              id,
              lastEventId,
              chunk,
              value,
              close,
            )
            name = id = undefined
            size = 0
            first = at = next + 1
            if (found < BATCH) continue
            isDone = at === end
            break
          }
          start = value
        } else if (spans === undefined) spans = [start, stop, value, close]
        else spans.push(value, close)
        stop = close
      } else if (
        unit === E &&
        text.charCodeAt(at + 1) === V &&
        text.charCodeAt(at + 2) === E &&
        text.charCodeAt(at + 3) === N &&
        text.charCodeAt(at + 4) === T &&
        (value = valueAt(text, at + 5, close)) >= 0
      ) {
        name = text.slice(value, close)
        if (isBytes) name = this.#nameOf(name)
      } else if (
        unit === I &&
        text.charCodeAt(at + 1) === D &&
        (value = valueAt(text, at + 2, close)) >= 0
      ) {
        const given = text.slice(value, close)
        if (isBytes ? isPlain(given) : !given.includes('\0')) id = given
        else if (isBytes) id = idOf(given) ?? id
      } else if (
        unit === COLON
          ? this.#options.onComment !== undefined
          : unit === R && isRetry(text, at, close)
            ? this.#keepRetry(found, text.slice(at + 5, close))
            : this.#options.onUnknownField !== undefined
      ) {
        if (found > 0) {
          isDone = false
          break
        }
        const line = text.slice(at, close)
        told = isBytes ? charactersOf(line) : line
      }
      if (size === 0 && unit !== COLON) body = at
      if (size > 0 || unit !== COLON) size += close - at
      at = next
      if (told !== undefined) {
        isDone = at === end
        break
      }
    }

    this.#told = told
    this.#found = found
    if (found > 0) this.#habit.made = true
    this.#lastEventId = lastEventId
    this.#first = first
    this.#size = size
    if (size > 0) {
      this.#name = name
      this.#id = id
      this.#spans = spans
      this.#start = start
      this.#stop = stop
    }
    if (isDone) {
      this.#chunk = undefined
      if (first === end && this.#carry.partBytes === 0) this.#first = 0
      else this.#leave(chunk, at, body)
      this.#body = 0
    } else {
      this.#chunk = chunk
      this.#body = body
      this.#at = at
      this.#lf = lf
      this.#cr = cr
    }
  }

  /** Keeps what is left of a chunk that does not end in a blank line. */
  #leave(chunk: Chunk, at: number, body: number): void {
    const carry = this.#carry
    const { surplus } = chunk
    const first = this.#first
    if (surplus > 0 && this.#size > 0) this.#size += surplusOf(chunk.text, body, at)
    chunk.makeSound()
    let data: string | undefined
    if (this.#size > 0 && this.#start >= 0) {
      const payload = this.#spans === undefined ? chunk : new Lines(chunk, this.#spans)
      data = payload.slice(this.#start, this.#stop)
      this.#start = -1
      this.#spans = undefined
    }
    carry.leave(chunk, at, data)
    if (first < 0) return
    const lines = at - first + (surplus > 0 ? surplusOf(chunk.text, first, at) : 0)
    this.#begin = this.position - carry.partBytes - carry.lineBytes - lines
    this.#first = -1
  }

  /** An event whose data does not lie in one piece. */
  #joined(
    name: string | undefined,
    id: string | undefined,
    lastEventId: string,
    chunk: Chunk,
    start: number,
    stop: number,
    spans: number[] | undefined,
  ): ViewedEvent {
    const payload = spans === undefined ? chunk : new Lines(chunk, spans)
    const carry = this.#carry
    chunk.makeSound()
    if (carry.data === undefined)
      return new ViewedEvent(name, id, lastEventId, payload, start, stop)
    if (start >= 0) {
      carry.data.add('\n')
      carry.data.add(payload.slice(start, stop))
    }
    const data = carry.data.take()
    carry.data = undefined
    const whole = Chunk.of(data, carry.isBytes, this.#habit)
    return new ViewedEvent(name, id, lastEventId, whole, 0, data.length)
  }

  /** A name in the alphabet of bytes. Streams name their events alike: comparing costs less than decoding. */
  #nameOf(units: string): string {
    if (units !== this.#lastUnits) {
      this.#lastUnits = units
      this.#lastName = isPlain(units) ? units : charactersOf(units)
    }
    return this.#lastName
  }

  /**
   * Takes the value of a `retry` line, which is in force once the events before it are taken. `true` if there is a callback:
   * then the line has to wait for them.
   */
  #keepRetry(found: number, rest: string): boolean {
    const milliseconds = millisecondsOf(rest)
    if (milliseconds === undefined) return false
    if (this.#options.onRetry !== undefined) return true
    if (found > 0) this.#retries.push(found, milliseconds)
    else this.#reconnectionTime = milliseconds
    return false
  }

  /** A line that is not part of an event. */
  #tell(line: string): void {
    this.#told = undefined
    const { onComment, onRetry, onUnknownField, onBlockId } = this.#options
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1)
    if (colon === 0) onComment?.(value)
    else if (name === 'id') onBlockId?.(value)
    else if (name !== 'retry') onUnknownField?.(name, value.replace(/^ /, ''))
    else {
      this.#reconnectionTime = millisecondsOf(`:${value}`)
      if (this.#reconnectionTime !== undefined) onRetry?.(this.#reconnectionTime)
    }
  }
}

/** Where the value begins after a field's name that ends at `at`: -1 if the name goes on. */
function valueAt(text: string, at: number, close: number): number {
  if (at === close) return close
  if (text.charCodeAt(at) !== COLON) return -1
  return text.charCodeAt(at + 1) === SPACE ? at + 2 : at + 1
}

/** What a `retry` line says after the name: digits alone are a number. */
function millisecondsOf(rest: string): number | undefined {
  return /^: ?\d+$/.test(rest) ? Math.min(+rest.slice(1), LONGEST_DELAY) : undefined
}

function isRetry(text: string, at: number, close: number): boolean {
  return text.startsWith('retry', at) && valueAt(text, at + 5, close) >= 0
}

/** An ID in the alphabet of bytes that is not ASCII; none if it has a U+0000 in it. */
function idOf(units: string): string | undefined {
  return units.includes('\0') ? undefined : charactersOf(units)
}

/** Whether it is ASCII without U+0000. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0 || unit >= 0x80) return false
  }
  return true
}
