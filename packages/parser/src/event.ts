import { Chunk, Habit } from './chunk.ts'
import type { SseEvent } from './types.ts'

/** An event as a place in a chunk: nothing of it is decoded or copied until it is asked for. */
export class ViewedEvent implements SseEvent {
  declare readonly event: string | undefined
  declare readonly id: string | undefined
  declare readonly lastEventId: string
  readonly #chunk: Chunk
  readonly #start: number
  readonly #end: number
  #text: string | undefined

  // Assigned here, not as field initializers: V8 compiles those into a function that it calls for each instance.
  constructor(
    event: string | undefined,
    id: string | undefined,
    lastEventId: string,
    chunk: Chunk,
    start: number,
    end: number,
  ) {
    this.event = event
    this.id = id
    this.lastEventId = lastEventId
    this.#chunk = chunk
    this.#start = start
    this.#end = end
    this.#text = undefined
  }

  get data(): string {
    return (this.#text ??= this.#chunk.read(this.#start, this.#end))
  }

  get bytes(): Uint8Array {
    return this.#chunk.view(this.#start, this.#end)
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
    const copy = new Chunk(bytes, new Habit(false))
    const { event, id, lastEventId } = this
    return new ViewedEvent(owned(event), owned(id), owned(lastEventId), copy, 0, bytes.length)
  }
}

/** A string of its own: one that was sliced keeps what it was sliced from. */
function owned<Text extends string | undefined>(text: Text): Text {
  return (text && `:${text}`.slice(1)) as Text
}

// What Node and Deno log of an event. Without it the payload would not show, because it is read on demand.
Object.assign(ViewedEvent.prototype, {
  [Symbol.for('nodejs.util.inspect.custom')](this: SseEvent) {
    return { ...this, data: this.data }
  },
})
