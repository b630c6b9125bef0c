import { addToChecksum, type CollectedEvent, type TimedTextParser } from './work.ts'

interface Callbacks {
  readonly onEvent: (event: { readonly event?: string | undefined; readonly data: string }) => void
}

/** A parser of text that calls back for each event. Both sides have it, each in its own bundle. */
export function callingBack(
  createParser: (callbacks: Callbacks) => { feed(chunk: string): void },
): TimedTextParser {
  return {
    readText(chunks) {
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
    },
    collectText(chunks) {
      const events: CollectedEvent[] = []
      const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data }) })
      for (const chunk of chunks) parser.feed(chunk)
      return events
    },
  }
}
