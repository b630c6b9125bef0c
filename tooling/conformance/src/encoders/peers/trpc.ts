import { initTRPC, tracked } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: '@trpc/server',
  takes: ['id', 'data'],
  json: JSON.parse,
  note: 'A subscription; its IDs are those of `tracked`.',
  async encode({ id, data }) {
    const trpc = initTRPC.create()
    let thrown: { error: unknown } | undefined
    const router = trpc.router({
      events: trpc.procedure.subscription(async function* () {
        try {
          yield id === undefined ? data : tracked(id, data)
        } catch (error) {
          thrown = { error }
          throw error
        }
      }),
    })
    const response = await fetchRequestHandler({
      endpoint: '/trpc',
      req: new Request('http://127.0.0.1/trpc/events', {
        headers: { accept: 'text/event-stream' },
      }),
      router,
    })
    const body = await response.bytes()
    if (thrown) throw thrown.error
    return body
  },
}
