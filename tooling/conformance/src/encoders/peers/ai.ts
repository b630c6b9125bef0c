import { JsonToSseTransformStream } from 'ai'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'ai',
  takes: ['data'],
  json: JSON.parse,
  note: '`JsonToSseTransformStream`.',
  async encode({ data }) {
    const stream = new JsonToSseTransformStream()
    const writer = stream.writable.getWriter()
    void writer.write(data).then(() => writer.close())
    let text = ''
    for await (const piece of stream.readable) text += piece
    // After every stream, and not part of the event.
    return text.replace(/data: \[DONE\]\n\n$/, '')
  },
}
