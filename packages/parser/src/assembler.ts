import { A, COLON, CR, D, LF, NAME_AT, SPACE, T } from './chars.ts'
import type { Tally } from './chunk.ts'
import { ViewedEvent } from './event.ts'
import type { Memory } from './memory.ts'
import { decode } from './native.ts'
import { Slab } from './slab.ts'
import type { FieldName, ParserOptions } from './types.ts'

/** `setTimeout` takes no more; the standard sets no limit. */
const LONGEST_DELAY = 2 ** 31 - 1

const LINE_FEED = Uint8Array.of(LF)

/** In bytes, of the names that are compared: making room costs as much as decoding five. */
const LONGEST_NAME = 64

/** Options that are not for everybody. */
export interface BlockOptions extends ParserOptions {
  /** Called with the ID of each block that has one, as the block ends, also without an event. Must not throw. */
  readonly onBlockId?: ((id: string) => void) | undefined
}

/** Whole lines in, events out: "interpreting an event stream", as the standard has it. */
export class Assembler {
  lastEventId: string
  reconnectionTime: number | undefined
  readonly #options: BlockOptions

  /** Whether the block has a field: comments alone make no block. */
  #begun = false
  #event: string | undefined
  #id: string | undefined
  /** The block's data: bytes `#start` to `#end` of `#source`, or what the slab holds if it is joined. */
  #source: Memory | undefined
  #start = 0
  #end = 0
  #joined = false
  readonly #slab: Slab
  /** The last event's name, as it came and as it reads. */
  #lastName: Uint8Array | undefined
  #nameLength = 0
  #name = ''

  constructor(options: BlockOptions, lastEventId: string, tally: Tally) {
    this.#options = options
    this.lastEventId = lastEventId
    this.#slab = new Slab(tally)
  }

  /** A line that is not blank. */
  line(memory: Memory, start: number, end: number): void {
    const { bytes } = memory
    const options = this.#options
    if (bytes[start] === COLON) return options.onComment?.(decode(bytes, start + 1, end))
    this.#begun = true
    let value: number
    if ((value = valueAt('data', bytes, start, end))) {
      this.data(memory, value, end)
    } else if ((value = valueAt('event', bytes, start, end))) {
      this.name(this.#nameOf(memory, value, end))
    } else if ((value = valueAt('id', bytes, start, end))) {
      const id = decode(bytes, value, end)
      if (!id.includes('\0')) this.#id = id
    } else if ((value = valueAt('retry', bytes, start, end))) {
      const digits = decode(bytes, value, end)
      if (/^\d+$/.test(digits)) {
        this.reconnectionTime = Math.min(+digits, LONGEST_DELAY)
        options.onRetry?.(this.reconnectionTime)
      }
    } else if (options.onUnknownField) {
      const line = decode(bytes, start, end)
      const colon = line.indexOf(':')
      if (colon < 0) options.onUnknownField(line, '')
      else options.onUnknownField(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''))
    }
  }

  /** A line with a name. */
  name(name: string): void {
    this.#begun = true
    this.#event = name
  }

  /** A line of data, from its value on. */
  data(memory: Memory, start: number, end: number): void {
    this.#begun = true
    if (this.#source) {
      this.#join(this.#source)
      this.#slab.append(LINE_FEED)
      this.#slab.append(memory.bytes.subarray(start, end))
    } else {
      this.#source = memory
      this.#start = start
      this.#end = end
    }
  }

  /** A blank line: commits the ID, and gives the event if the block has data. */
  dispatch(): ViewedEvent | undefined {
    if (!this.#begun) return undefined
    const name = this.#event || undefined // an empty name is no name
    const id = this.#id
    const source = this.#source
    const { memory, start, end } = this.#slab
    if (id !== undefined) {
      this.lastEventId = id
      this.#options.onBlockId?.(id)
    }
    const { lastEventId } = this
    const event =
      source &&
      (this.#joined
        ? new ViewedEvent(name, id, lastEventId, memory, start, end)
        : new ViewedEvent(name, id, lastEventId, source, this.#start, this.#end))
    if (this.#joined) this.#slab.release()
    this.#event = this.#id = this.#source = undefined
    this.#begun = this.#joined = false
    return event
  }

  /** A chunk is let go: what the block views of it is copied. */
  leave(memory: Memory): void {
    if (this.#source === memory) this.#join(memory)
  }

  /** The fields of the block so far, or `undefined` if no field has begun one: comments do not. */
  fields(): FieldName[] | undefined {
    const fields = { event: this.#event, data: this.#source, id: this.#id }
    return this.#begun
      ? (Object.keys(fields) as FieldName[]).filter((name) => fields[name] !== undefined)
      : undefined
  }

  #join(source: Memory): void {
    if (!this.#joined) this.#slab.append(source.bytes.subarray(this.#start, this.#end))
    this.#joined = true
  }

  /** The name in the line from `start` to the next one; `undefined` if it is empty, or there is no such line. */
  nameAbove(memory: Memory, start: number, next: number): string | undefined {
    if (start === next) return undefined
    return this.#nameOf(memory, start + NAME_AT, endBefore(memory.bytes, next)) || undefined
  }

  /** A name. Streams name their events alike: comparing costs a fifth of decoding. bench: parser/named-16k */
  #nameOf({ bytes, text }: Memory, start: number, end: number): string {
    if (text !== undefined) return text.slice(start, end)
    const length = end - start
    if (length > LONGEST_NAME) return decode(bytes, start, end)
    const last = (this.#lastName ??= new Uint8Array(LONGEST_NAME))
    let same = 0
    if (length === this.#nameLength)
      while (same < length && last[same] === bytes[start + same]) same++
    if (same < length || length === 0) {
      this.#name = decode(bytes, start, end)
      this.#nameLength = length
      last.set(bytes.subarray(start, end))
    }
    return this.#name
  }
}

/** Where the value of the field `name` begins in a line, or 0 if it is a line of another field. */
export function valueAt(name: string, bytes: Uint8Array, start: number, end: number): number {
  let at = start
  for (let unit = 0; unit < name.length; unit++)
    if (at === end || bytes[at++] !== name.charCodeAt(unit)) return 0
  if (at < end && bytes[at++] !== COLON) return 0
  return at < end && bytes[at] === SPACE ? at + 1 : at
}

/** `valueAt('data', …) > 0`, for the one field that has to be fast, where the colon is there. */
export function isData(bytes: Uint8Array, start: number): boolean {
  return (
    bytes[start] === D &&
    bytes[start + 1] === A &&
    bytes[start + 2] === T &&
    bytes[start + 3] === A &&
    bytes[start + 4] === COLON
  )
}

/** Where the line ends, in LF or CR LF, before the one that starts at `next`. */
export function endBefore(bytes: Uint8Array, next: number): number {
  return bytes[next - 2] === CR ? next - 2 : next - 1
}
