import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { addToChecksum, type CollectedEvent, type Outcome } from './work.ts'

/** It takes text: a caller with bytes puts a streaming `TextDecoder` in front, the cheapest way to feed it. */
function parse(chunks: readonly Uint8Array[], onEvent: (event: EventSourceMessage) => void): void {
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent })
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }))
  parser.feed(decoder.decode())
}

export function read(chunks: readonly Uint8Array[]): Outcome {
  let events = 0
  let checksum = 0
  parse(chunks, (event) => {
    events++
    checksum = addToChecksum(checksum, event.data)
  })
  return { events, checksum }
}

export function unread(chunks: readonly Uint8Array[], name: string | undefined): Outcome {
  let events = 0
  parse(chunks, (event) => {
    if (event.event === name) events++
  })
  return { events, checksum: 0 }
}

export function collect(chunks: readonly Uint8Array[]): CollectedEvent[] {
  const events: CollectedEvent[] = []
  parse(chunks, ({ event, data }) => events.push({ event, data }))
  return events
}
