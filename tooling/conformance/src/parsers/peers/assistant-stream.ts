import { SSEEventDecoder } from 'assistant-stream/utils'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { textOf } from '../text.ts'

export const peer: ParserPeer = {
  package: 'assistant-stream',
  takes: 'text',
  shows: { unnamed: { is: undefined }, id: { of: 'stream' } },
  note: '`SSEEventDecoder`.',
  read(chunks) {
    const events: FoundEvent[] = []
    const decoder = new SSEEventDecoder()
    for (const text of textOf(chunks))
      for (const { event, data, id = '' } of decoder.push(text)) events.push({ event, data, id })
    decoder.flush()
    return { events }
  },
}
