import { createParser } from '@tesserae/parser'
import { addToChecksum, type CollectedEvent, type Outcome } from '@tooling/conformance/timed/work'

export function read(chunks: readonly Uint8Array[]): Outcome {
  const parser = createParser()
  let events = 0
  let checksum = 0
  for (const chunk of chunks) {
    parser.feed(chunk)
    for (const event of parser) {
      events++
      checksum = addToChecksum(checksum, event.data)
    }
  }
  parser.end()
  return { events, checksum }
}

export function unread(chunks: readonly Uint8Array[], name: string | undefined): Outcome {
  const parser = createParser()
  let events = 0
  for (const chunk of chunks) {
    parser.feed(chunk)
    for (const event of parser) if (event.event === name) events++
  }
  parser.end()
  return { events, checksum: 0 }
}

export function collect(chunks: readonly Uint8Array[]): CollectedEvent[] {
  const parser = createParser()
  const events: CollectedEvent[] = []
  for (const chunk of chunks) {
    parser.feed(chunk)
    for (const { event, data } of parser) events.push({ event, data })
  }
  parser.end()
  return events
}
