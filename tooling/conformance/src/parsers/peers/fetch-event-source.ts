import { getBytes, getLines, getMessages } from '@microsoft/fetch-event-source/lib/cjs/parse.js'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: '@microsoft/fetch-event-source',
  takes: 'bytes',
  shows: { unnamed: { is: '' }, id: { of: 'block', none: '' }, retry: true },
  note: 'Its three parsing functions, put together as `fetchEventSource` does: that itself needs a `document`.',
  async read(chunks) {
    const events: FoundEvent[] = []
    const retries: number[] = []
    const onMessage = getMessages(
      () => {},
      (retry) => retries.push(retry),
      (message) => events.push(message),
    )
    await getBytes(responseOf(chunks).body!, getLines(onMessage))
    return { events, retries }
  },
}
