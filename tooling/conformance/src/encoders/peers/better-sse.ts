import { createEventBuffer } from 'better-sse'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'better-sse',
  takes: ['event', 'id', 'data', 'text', 'comment', 'retry'],
  json: JSON.parse,
  note: 'The event buffer that its sessions write with. Data is JSON; text is sent with the serializer `String`.',
  encode({ comment, data, text, event, id, retry }) {
    const buffer = createEventBuffer(text === undefined ? {} : { serializer: String })
    if (comment !== undefined) return buffer.comment(comment).dispatch().read()
    if (event !== undefined) buffer.event(event)
    if (id !== undefined) buffer.id(id)
    if (retry !== undefined) buffer.retry(retry)
    return buffer
      .data(text ?? data)
      .dispatch()
      .read()
  },
}
