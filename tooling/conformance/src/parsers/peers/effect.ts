import { makeParser } from 'effect/encoding/Sse'
import { Duration } from 'effect'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { textOf } from '../text.ts'

export const peer: ParserPeer = {
  package: 'effect',
  takes: 'text',
  shows: { unnamed: { is: 'message' }, id: { of: 'stream' }, retry: true },
  note: '`makeParser` of `effect/encoding/Sse`.',
  read(chunks) {
    const events: FoundEvent[] = []
    const retries: number[] = []
    const parser = makeParser((event) => {
      if (event._tag === 'Retry') retries.push(Duration.toMillis(event.duration))
      else events.push({ event: event.event, data: event.data, id: event.id ?? '' })
    })
    for (const text of textOf(chunks)) parser.feed(text)
    return { events, retries }
  },
}
