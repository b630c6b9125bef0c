import { createParser } from '@tesserae/parser'
import type { FoundEvent, ParserPeer } from '../peer.ts'

export const peer: ParserPeer = {
  package: '@tesserae/parser',
  takes: 'bytes',
  shows: { unnamed: { is: undefined }, id: { of: 'stream' }, retry: true },
  read(chunks) {
    const events: FoundEvent[] = []
    const retries: number[] = []
    const parser = createParser({ onRetry: (retry) => retries.push(retry) })
    for (const chunk of chunks) {
      parser.feed(chunk)
      for (const { event, data, lastEventId } of parser)
        events.push({ event, data, id: lastEventId })
    }
    parser.end()
    return { events, retries }
  },
}
