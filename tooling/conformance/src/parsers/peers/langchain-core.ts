import { getBytes, getLines, getMessages } from '@langchain/core/utils/event_source_parse'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: '@langchain/core',
  takes: 'bytes',
  shows: { unnamed: { is: '' }, id: { of: 'block', none: '' }, retry: true },
  note: '`utils/event_source_parse`, which began as a copy of @microsoft/fetch-event-source.',
  async read(chunks) {
    const events: FoundEvent[] = []
    const retries: number[] = []
    const onMessage = getMessages(
      (message) => events.push(message),
      () => {},
      (retry) => retries.push(retry),
    )
    await getBytes(responseOf(chunks).body!, getLines(onMessage))
    return { events, retries }
  },
}
