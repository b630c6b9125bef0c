import { utf8 } from '../encode.ts'
import type { Frame } from '../frame.ts'
import type { Bytes, EncodedEvents, PublishOptions } from '../types.ts'

/** A published event. */
export interface Entry extends PublishOptions {
  readonly frame: Frame
}

/** Events that are sent in one piece. Its bytes are made when they are first read, and then shared. */
export class Batch implements EncodedEvents {
  readonly entries: Entry[]
  #bytes: Bytes | undefined

  constructor(entries: Entry[]) {
    this.entries = entries
  }

  get events(): number {
    return this.entries.length
  }

  get bytes(): Bytes {
    const [first] = this.entries
    return (this.#bytes ??=
      first && this.events === 1
        ? first.frame.bytes
        : utf8.encode(this.entries.map(({ frame }) => frame.text).join('')))
  }

  /** The batch of the events that are wanted: itself if all are. */
  where(isWanted: (entry: Entry) => boolean): Batch {
    const wanted = this.entries.filter(isWanted)
    return wanted.length === this.events ? this : new Batch(wanted)
  }
}
