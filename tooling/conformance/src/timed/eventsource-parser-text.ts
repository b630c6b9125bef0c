import { createParser } from 'eventsource-parser'
import { addToChecksum, type CollectedEvent, type Outcome } from './work.ts'

export function readText(chunks: readonly string[]): Outcome {
  let events = 0
  let checksum = 0
  const parser = createParser({
    onEvent({ data }) {
      events++
      checksum = addToChecksum(checksum, data)
    },
  })
  for (const chunk of chunks) parser.feed(chunk)
  return { events, checksum }
}

export function collectText(chunks: readonly string[]): CollectedEvent[] {
  const events: CollectedEvent[] = []
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data }) })
  for (const chunk of chunks) parser.feed(chunk)
  return events
}
