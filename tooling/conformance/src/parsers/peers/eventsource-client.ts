import { createEventSource } from 'eventsource-client'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: 'eventsource-client',
  takes: 'bytes',
  shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
  async read(chunks) {
    const events: FoundEvent[] = []
    await new Promise<void>((resolve) => {
      const source = createEventSource({
        url: 'http://127.0.0.1/',
        fetch: async (url) => responseOf(chunks, `${url}`),
        onMessage: (event) => events.push(event),
        onDisconnect() {
          source.close()
          resolve()
        },
      })
    })
    return { events }
  },
}
