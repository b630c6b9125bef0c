import type { FastifyInstance } from 'fastify'

/** What the application answers over a socket of this machine; afterwards it is closed. */
export async function bodyFrom(app: FastifyInstance): Promise<Uint8Array> {
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  try {
    const response = await fetch(address, { headers: { accept: 'text/event-stream' } })
    return await response.bytes()
  } finally {
    app.server.closeAllConnections()
    await app.close()
  }
}
