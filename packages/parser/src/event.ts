import { Memory } from './memory.ts'
import type { SseEvent } from './types.ts'

/** An event as a place in memory: nothing of it is decoded or copied until it is asked for. */
export class ViewedEvent implements SseEvent {
  declare readonly event: string | undefined
  declare readonly id: string | undefined
  declare readonly lastEventId: string
  readonly #memory: Memory
  readonly #start: number
  readonly #end: number
  #text: string | undefined

  constructor(
    event: string | undefined,
    id: string | undefined,
    lastEventId: string,
    memory: Memory,
    start: number,
    end: number,
    text: string | undefined = undefined,
  ) {
    this.event = event
    this.id = id
    this.lastEventId = lastEventId
    this.#memory = memory
    this.#start = start
    this.#end = end
    this.#text = text
  }

  get data(): string {
    return (this.#text ??= this.#memory.read(this.#start, this.#end))
  }

  get bytes(): Uint8Array {
    return this.#memory.bytes.subarray(this.#start, this.#end)
  }

  toJSON(): { event: string | undefined; data: string; id: string | undefined } {
    return { event: this.event, data: this.data, id: this.id }
  }

  json<T = unknown>(): T {
    return JSON.parse(this.data)
  }

  detach(): SseEvent {
    // Not `slice()`: that of a `Buffer` copies nothing.
    const bytes = new Uint8Array(this.bytes)
    const { event, id, lastEventId } = this
    // A name may be a part of a chunk's text, which it would hold: joined to something and cut, it is one of its own.
    const name = event && `:${event}`.slice(1)
    return new ViewedEvent(name, id, lastEventId, new Memory(bytes), 0, bytes.length)
  }
}

// What Node and Deno log of an event. Without it the payload would not show, for it is read when it is asked for.
Object.defineProperty(ViewedEvent.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: SseEvent) {
    return { ...this, data: this.data }
  },
})
