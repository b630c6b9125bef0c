import { _iterSSEMessages } from 'openai/core/streaming'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: 'openai',
  takes: 'bytes',
  shows: { unnamed: { is: null } },
  note: 'The decoder inside `Stream.fromSSEResponse`, which itself takes JSON only.',
  async read(chunks) {
    const events: FoundEvent[] = []
    for await (const { event, data } of _iterSSEMessages(responseOf(chunks), new AbortController()))
      events.push({ event, data })
    return { events }
  },
}
