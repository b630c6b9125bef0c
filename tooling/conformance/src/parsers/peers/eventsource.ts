import { EventSource } from 'eventsource'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: 'eventsource',
  takes: 'bytes',
  shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
  async read(chunks) {
    const events: FoundEvent[] = []
    const source = new EveryEvent('http://127.0.0.1/', {
      fetch: async (url) => responseOf(chunks, `${url}`),
    })
    await new Promise<void>((resolve) => {
      source.onAny = (event) => {
        // The end of the stream is an error to it, as the standard has it: it would reconnect now.
        if (event instanceof MessageEvent)
          events.push({ event: event.type, data: event.data, id: event.lastEventId })
        else if (event.type === 'error') resolve()
      }
    })
    source.close()
    return { events }
  },
}

/** Listens to every name: listeners have to name theirs. */
class EveryEvent extends EventSource {
  onAny: (event: Event) => void = () => {}

  override dispatchEvent(event: Event): boolean {
    this.onAny(event)
    return super.dispatchEvent(event)
  }
}
