import sse from '@fastify/sse'
import Fastify from 'fastify'
import { payloads } from './work.ts'
import { timedServer } from './server-process.ts'

export const { send } = timedServer(import.meta.url, async () => {
  const app = Fastify()
  // The payloads are JSON already.
  await app.register(sse as never, { serializer: String, heartbeatInterval: 0 })
  app.get('/', { sse: 'only' }, async (request, reply) => {
    const { events } = request.query as { events: number }
    // Another plugin that is adapted in this workspace declares another `sse`.
    const stream = reply.sse as unknown as { send(events: AsyncIterable<object>): Promise<void> }
    await stream.send(
      (async function* () {
        for (let i = 0; i < events; i++)
          yield { event: 'chunk', id: `${i}`, data: payloads[i & 63]! }
      })(),
    )
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { server: app.server }
})
