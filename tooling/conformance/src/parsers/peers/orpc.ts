import { EventDecoder } from '@orpc/standard-server'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { textOf } from '../text.ts'

export const peer: ParserPeer = {
  package: '@orpc/standard-server',
  takes: 'text',
  shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
  note: 'Its messages without `data` are left out, and so is the error with which its `end` reports a cut.',
  read(chunks) {
    const events: FoundEvent[] = []
    const decoder = new EventDecoder({
      onEvent: ({ event, data, id }) => {
        if (data !== undefined) events.push({ event, data, id })
      },
    })
    for (const text of textOf(chunks)) decoder.feed(text)
    try {
      decoder.end()
    } catch {
      // It says that the stream ended inside an event, which is more than most do.
    }
    return { events }
  },
}
