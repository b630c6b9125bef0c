import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Body } from './peer.ts'

/** Calls `send`, and keeps its error for {@link unhidden}: the framework that calls this would swallow it. */
type Attempt = (send: () => void | Promise<void>) => Promise<void>

/** Resolves with the body that `answer` returns. If an attempt fails, this rejects with its error. */
export async function unhidden(answer: (attempt: Attempt) => Promise<Body>): Promise<Body> {
  let thrown: { error: unknown } | undefined
  const body = await answer(async (send) => {
    try {
      await send()
    } catch (error) {
      thrown = { error }
    }
  })
  if (thrown) throw thrown.error
  return body
}

/**
 * The body of a response over a socket of this machine, for encoders that need one.
 *
 * @param handle - answers; what it throws is thrown here, and whatever it left open is then ended
 */
export function overHttp(
  handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<Body> {
  return unhidden(async (attempt) => {
    const server = createServer(async (request, response) => {
      await attempt(() => handle(request, response))
      // Some write in the next turn, or the one after it.
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      return await (await fetch(`http://127.0.0.1:${port}/`)).bytes()
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
}

/** What an application of Fastify answers. */
export async function bodyOf(app: FastifyInstance): Promise<Uint8Array> {
  const { rawPayload } = await app.inject({ url: '/', headers: { accept: 'text/event-stream' } })
  await app.close()
  return rawPayload
}
