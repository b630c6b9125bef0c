import { A, COLON, D, LF, SPACE, T } from './chars.ts'
import type { Tally } from './chunk.ts'
import { ViewedEvent } from './event.ts'
import type { Memory } from './memory.ts'
import { decode } from './native.ts'
import { Slab } from './slab.ts'
import type { FieldName, ParserOptions } from './types.ts'

/** `setTimeout` takes no more; the standard sets no limit. */
const LONGEST_DELAY = 2 ** 31 - 1

const LINE_FEED = Uint8Array.of(LF)

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
  #lastName: Uint8Array = LINE_FEED
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
      if (this.#source) {
        this.#join(this.#source)
        this.#slab.append(LINE_FEED)
        this.#slab.append(bytes.subarray(value, end))
      } else {
        this.#source = memory
        this.#start = value
        this.#end = end
      }
    } else if ((value = valueAt('event', bytes, start, end))) {
      this.#event = this.#nameOf(bytes, value, end)
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

  /** A blank line: commits the ID, and gives the event if the block has data. */
  dispatch(): ViewedEvent | undefined {
    if (!this.#begun) return undefined
    const id = this.#id
    const slab = this.#slab
    const source = this.#source
    if (id !== undefined) {
      this.lastEventId = id
      this.#options.onBlockId?.(id)
    }
    // An empty name is no name.
    const event =
      source &&
      (this.#joined
        ? new ViewedEvent(
            this.#event || undefined,
            id,
            this.lastEventId,
            slab.memory,
            slab.start,
            slab.end,
          )
        : new ViewedEvent(
            this.#event || undefined,
            id,
            this.lastEventId,
            source,
            this.#start,
            this.#end,
          ))
    if (this.#joined) slab.release()
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

  /** Streams name their events alike: comparing costs a fifth of decoding. bench: parser/named-16k */
  #nameOf(bytes: Uint8Array, start: number, end: number): string {
    const last = this.#lastName
    let same = 0
    if (end - start === last.length)
      while (same < last.length && last[same] === bytes[start + same]) same++
    if (same === last.length && same > 0) return this.#name
    this.#lastName = new Uint8Array(bytes.subarray(start, end))
    return (this.#name = decode(bytes, start, end))
  }
}

/** Where the value of the field `name` begins in a line, or 0 if it is a line of another field. */
function valueAt(name: string, bytes: Uint8Array, start: number, end: number): number {
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
