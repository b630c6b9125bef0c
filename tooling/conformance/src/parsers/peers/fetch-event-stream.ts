import { events } from 'fetch-event-stream'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: 'fetch-event-stream',
  takes: 'bytes',
  shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
  note: 'Messages without `data` are left out, since a caller can tell them; IDs that it made numbers are text again.',
  async read(chunks) {
    const found: FoundEvent[] = []
    for await (const { event, data, id } of events(responseOf(chunks)))
      if (data !== undefined) found.push({ event, data, id: id === undefined ? id : `${id}` })
    return { events: found }
  },
}
