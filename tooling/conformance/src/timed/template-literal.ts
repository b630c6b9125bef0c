import { addToChecksum, type Outcome, type SentEvent } from './work.ts'

const utf8 = new TextEncoder()

/** What the format costs at the least: nothing is checked, and any line end breaks it. */
const block = ({ event, id, data }: SentEvent): string =>
  `event: ${event}\nid: ${id}\ndata: ${data}\n\n`

export function text(events: readonly SentEvent[]): Outcome {
  let checksum = 0
  for (const event of events) checksum = addToChecksum(checksum, block(event))
  return { events: events.length, checksum }
}

/** A template has no bytes of its own: this is the string again, as the measure that bytes are held to. */
export function bytes(events: readonly SentEvent[]): Outcome {
  let total = 0
  for (const event of events) {
    const made = block(event)
    total += made.length + (made.charCodeAt(made.length - 1) === 10 ? 0 : 1)
  }
  return { events: events.length, checksum: total }
}

export function collect(events: readonly SentEvent[]): string {
  return new TextDecoder().decode(utf8.encode(events.map(block).join('')))
}
