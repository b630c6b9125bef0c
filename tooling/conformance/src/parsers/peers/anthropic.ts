import { Stream } from '@anthropic-ai/sdk/core/streaming'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: '@anthropic-ai/sdk',
  takes: 'bytes',
  shows: { unnamed: { is: null } },
  note: '`Stream.rawEvents`.',
  async read(chunks) {
    const events: FoundEvent[] = []
    for await (const { event, data } of Stream.rawEvents(responseOf(chunks)))
      events.push({ event, data })
    return { events }
  },
}
