import { Elysia, sse } from 'elysia'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'elysia',
  takes: ['event', 'id', 'data', 'retry'],
  note: '`sse`, yielded by a handler.',
  async encode(sent) {
    const app = new Elysia().get('/', function* () {
      yield sse(sent as never)
    })
    const { body } = await app.handle(new Request('http://127.0.0.1/'))
    let text = ''
    // Bun takes strings for the pieces of a body, and so it gives strings.
    for await (const piece of body as unknown as AsyncIterable<string | Uint8Array>)
      text += typeof piece === 'string' ? piece : new TextDecoder().decode(piece)
    return text
  },
}
