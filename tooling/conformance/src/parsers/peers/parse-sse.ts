import { parseServerSentEvents } from 'parse-sse'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: 'parse-sse',
  takes: 'bytes',
  shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
  async read(chunks) {
    const events: FoundEvent[] = []
    const stream = parseServerSentEvents(responseOf(chunks))
    for await (const { type, data, lastEventId } of stream as unknown as AsyncIterable<{
      type: string
      data: string
      lastEventId: string
    }>)
      events.push({ event: type, data, id: lastEventId })
    return { events }
  },
}
