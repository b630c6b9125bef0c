import { encode, encodeInto } from '@tesserae/encoder'
import { addToChecksum, type Outcome, type SentEvent } from '@tooling/conformance/timed/work'

export function text(events: readonly SentEvent[]): Outcome {
  let checksum = 0
  for (const event of events) checksum = addToChecksum(checksum, encode(event))
  return { events: events.length, checksum }
}

export function bytes(events: readonly SentEvent[], buffer: Uint8Array): Outcome {
  let total = 0
  let at = 0
  for (const event of events) {
    let length = encodeInto(event, buffer, at)
    if (length === 0) {
      at = 0
      length = encodeInto(event, buffer)
    }
    at += length
    total += length
  }
  return { events: events.length, checksum: total }
}

export function collect(events: readonly SentEvent[]): string {
  return events.map((event) => encode(event)).join('')
}
