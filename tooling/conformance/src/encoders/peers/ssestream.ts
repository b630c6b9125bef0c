import { PassThrough } from 'node:stream'
import SseStreams from 'ssestream'
import type { EncoderPeer } from '../peer.ts'

const { default: SseStream } = SseStreams

export const peer: EncoderPeer = {
  package: 'ssestream',
  takes: ['event', 'id', 'data', 'comment', 'retry'],
  async encode(sent) {
    const stream = new SseStream(undefined as never)
    const body = stream.pipe(new PassThrough() as never) as unknown as PassThrough
    stream.write(sent)
    stream.end()
    let text = ''
    for await (const piece of body) text += piece
    return text
  },
}
