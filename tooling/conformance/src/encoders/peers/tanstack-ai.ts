import { toServerSentEventsStream } from '@tanstack/ai'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: '@tanstack/ai',
  takes: ['id', 'data'],
  json: (data) => (JSON.parse(data) as { value: unknown }).value,
  note: '`toServerSentEventsStream` with `getId`.',
  encode({ id, data }) {
    async function* source() {
      yield { type: 'CUSTOM', name: 'n', value: data } as never
    }
    const stream = toServerSentEventsStream(source(), undefined, () => id)
    return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes()
  },
}
