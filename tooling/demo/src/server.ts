import { createServer, type Server, type ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'

/** Bytes, and when they are sent: milliseconds after the request came. */
export interface Piece {
  readonly at: number
  readonly bytes: Uint8Array
}

/** An answer to play. */
export interface Score {
  readonly status: number
  readonly pieces: readonly Piece[]
  /** When the answer ends, and whether the connection breaks off instead. */
  readonly end: { readonly at: number; readonly isCut: boolean }
}

export interface Playing {
  readonly url: string
  readonly close: () => void
}

/** Plays an answer, on a free port of this machine that nobody else can reach. */
export async function play(score: Score): Promise<Playing> {
  const server = createServer((_request, response) => {
    answer(score, response).catch((error: unknown) => response.destroy(asError(error)))
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${portOf(server)}/`, close }
}

async function answer({ status, pieces, end }: Score, response: ServerResponse): Promise<void> {
  const begin = performance.now()
  const until = (at: number): Promise<void> => after(Math.max(0, at - (performance.now() - begin)))
  response.writeHead(status, { 'content-type': 'text/event-stream' }).flushHeaders()
  for (const { at, bytes } of pieces) {
    await until(at)
    response.write(bytes)
  }
  await until(end.at)
  if (end.isCut) response.destroy()
  else response.end()
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
