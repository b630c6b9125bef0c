import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGzip, constants } from 'node:zlib'
import type { Running } from '../../servers/server.ts'

/** What a relay does to a stream of events, all of which the format allows. */
export interface Wire {
  readonly name: string
  readonly newline?: '\r' | '\r\n'
  readonly bom?: boolean
  /** Each byte in a chunk of its own. */
  readonly bytes?: boolean
  readonly gzip?: boolean
}

export const wires: readonly Wire[] = [
  { name: 'CR LF', newline: '\r\n' },
  { name: 'CR', newline: '\r' },
  { name: 'byte by byte', bytes: true },
  { name: 'byte order mark, CR LF, byte by byte', bom: true, newline: '\r\n', bytes: true },
  { name: 'gzip', gzip: true },
]

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const LF = 0x0a

/** A server that asks another one and passes its events on, with other line ends, cuts or encoding. */
export async function startRelay(upstream: string, wire: Wire): Promise<Running> {
  const server = createServer((request, response) => {
    pass(upstream, wire, request, response).catch((error: Error) => {
      // The pair that asked fails with this; an error that reaches the process would end every other pair too.
      if (response.headersSent) response.destroy(error)
      else
        response.writeHead(502).end(`The relay cannot read the upstream: ${error.cause ?? error}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function pass(
  upstream: string,
  wire: Wire,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body: Buffer[] = []
  for await (const piece of request) body.push(piece)
  const hasBody = request.method === 'POST'
  const answer = await fetch(`${upstream}${request.url}`, {
    method: request.method ?? 'GET',
    headers: {
      'content-type': request.headers['content-type'] ?? 'text/plain',
      connection: 'close', // A kept connection may be closed by the server at the moment it is used again.
    },
    ...(hasBody && { body: Buffer.concat(body) }),
  })
  const type = answer.headers.get('content-type') ?? ''
  const isStream = type.startsWith('text/event-stream')
  response.writeHead(answer.status, {
    'content-type': type,
    'access-control-allow-origin': '*',
    ...(isStream && wire.gzip && { 'content-encoding': 'gzip' }),
  })
  if (!isStream) return void response.end(Buffer.from(await answer.arrayBuffer()))
  const zip = createGzip()
  if (wire.gzip) zip.pipe(response)
  const out = wire.gzip ? zip : response
  if (wire.bom) out.write('\ufeff')
  for await (const piece of answer.body!) {
    const bytes = wire.newline ? withLineEnds(piece, wire.newline) : Buffer.from(piece)
    if (wire.bytes)
      for (const byte of bytes) {
        out.write(Buffer.of(byte))
        await turn()
      }
    else out.write(bytes)
    if (wire.gzip) zip.flush(constants.Z_SYNC_FLUSH)
  }
  out.end()
}

/** Line ends of events alone: in JSON there are none. */
function withLineEnds(bytes: Uint8Array, newline: string): Buffer {
  const end = Buffer.from(newline)
  const pieces: Buffer[] = []
  let from = 0
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, from)) {
    pieces.push(Buffer.from(bytes.subarray(from, at)), end)
    from = at + 1
  }
  return Buffer.concat([...pieces, Buffer.from(bytes.subarray(from))])
}
