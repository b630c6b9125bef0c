import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The body of a response over a socket of this machine, for encoders that need one.
 *
 * @param handle - answers; what it throws is thrown here, and whatever it left open is then ended
 */
export async function overHttp(
  handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<Uint8Array> {
  let thrown: { error: unknown } | undefined
  const server = createServer(async (request, response) => {
    try {
      await handle(request, response)
    } catch (error) {
      thrown = { error }
    }
    // Some write in the next turn, or the one after it.
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const body = await response.bytes()
    if (thrown) throw thrown.error
    return body
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
