import { jsonSchema, parseJsonEventStream } from '@ai-sdk/provider-utils'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { responseOf } from '../../timed/response.ts'

export const peer: ParserPeer = {
  package: '@ai-sdk/provider-utils',
  takes: 'bytes',
  shows: { json: true },
  note: '`parseJsonEventStream` shows data alone, as JSON; text that is none is in its error.',
  async read(chunks) {
    const events: FoundEvent[] = []
    const stream = parseJsonEventStream({
      stream: responseOf(chunks).body!,
      schema: jsonSchema({}),
    })
    for await (const result of stream as unknown as AsyncIterable<
      { success: true; rawValue: unknown } | { success: false; error: { text?: string } }
    >)
      events.push({ data: result.success ? JSON.stringify(result.rawValue) : result.error.text })
    return { events }
  },
}
