import { createParser } from 'eventsource-parser-3'
import type { FoundEvent, ParserPeer } from '../face.ts'
import { textOf } from '../text.ts'

export const peer: ParserPeer = {
  name: 'eventsource-parser',
  package: 'eventsource-parser-3',
  takes: 'text',
  shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
  read(chunks) {
    const events: FoundEvent[] = []
    const retries: number[] = []
    const parser = createParser({
      onEvent: (event) => events.push(event),
      onRetry: (retry) => retries.push(retry),
    })
    for (const text of textOf(chunks)) parser.feed(text)
    return { events, retries }
  },
}
