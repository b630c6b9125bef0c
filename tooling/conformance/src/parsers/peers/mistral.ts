import { EventStream } from '@mistralai/mistralai/lib/event-streams.js'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: '@mistralai/mistralai',
  takes: 'bytes',
  shows: { unnamed: { is: undefined }, id: { of: 'stream' } },
  note: '`EventStream` of `lib/event-streams`, which other clients that Speakeasy generates have, too.',
  async read(chunks) {
    const events: FoundEvent[] = []
    const stream = new EventStream(responseOf(chunks).body!, (value) => ({ value, done: false }))
    for await (const { event, data, id = '' } of stream) events.push({ event, data, id })
    return { events }
  },
}
