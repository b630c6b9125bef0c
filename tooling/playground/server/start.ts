import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createRoutes } from './routes.ts'
import { listenerOf } from './serve.ts'

export const DEFAULT_PORT = 8484
/** So many ports are tried, one after the other. */
const TRIES = 100
const MOST_CONNECTIONS = 256

export interface PlaygroundOptions {
  /** The port to begin with; the next that is free is taken. 0: any. */
  readonly port?: number
  /** Where the built page is. */
  readonly dist?: string
  /** How long a request, with its body, may take to arrive. */
  readonly requestTimeout?: number
}

export interface Playground {
  /** Its origin: `http://127.0.0.1:8484`. */
  readonly url: string
  /** Ends every stream, and resolves when nothing is left. */
  readonly close: () => Promise<void>
}

/** Serves the page and the API, on this machine alone. */
export async function startPlayground({
  port = DEFAULT_PORT,
  dist = path.resolve(import.meta.dirname, '../dist/page'),
  requestTimeout = 20_000,
}: PlaygroundOptions = {}): Promise<Playground> {
  const server = createServer(
    { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: 1_000 },
    listenerOf(createRoutes(dist)),
  )
  server.maxConnections = MOST_CONNECTIONS
  const taken = await listen(server, port)
  return {
    url: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Listens on the first port that is free, and returns it. */
async function listen(server: Server, first: number): Promise<number> {
  for (let port = first; ; port++) {
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening')
      return (server.address() as AddressInfo).port
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || port === first + TRIES || port === 65_535) throw error
    }
  }
}
