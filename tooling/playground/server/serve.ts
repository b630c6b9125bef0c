import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Refusal } from './errors.ts'
import { json } from './responses.ts'

/** One request. */
export interface Visit {
  readonly request: IncomingMessage
  /** The path, decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Aborts when the client has gone, or has its answer. Aborting it breaks the connection. */
  readonly over: AbortController
}

export type Handler = (visit: Visit) => Response | Promise<Response>

/** A server whose handler returns a `Response`. An error is answered too, or ends the connection if the answer has begun. */
export function listenerOf(handle: Handler): RequestListener {
  return async (request, response) => {
    const over = new AbortController()
    over.signal.addEventListener('abort', () => response.destroy())
    response.once('close', () => over.abort())
    let answer: Response
    try {
      answer = await handle({ request, ...addressOf(request), over })
    } catch (error) {
      answer = answerTo(error, over.signal)
    }
    await send(answer, response, over.signal).catch((error: unknown) => {
      // An abort breaks the connection on purpose, or the client has left.
      if (!over.signal.aborted) console.error(error)
      over.abort()
    })
  }
}

function addressOf({ url = '/' }: IncomingMessage): Pick<Visit, 'path' | 'query'> {
  try {
    const { pathname, searchParams } = new URL(url.startsWith('/') ? `http://localhost${url}` : url)
    return { path: decodeURIComponent(pathname), query: searchParams }
  } catch {
    throw new Refusal('not_found', 'The address cannot be read: percent signs need two digits.')
  }
}

function answerTo(error: unknown, gone: AbortSignal): Response {
  if (error instanceof Refusal) {
    // The rest of a body that is too large is not read, so nothing can follow on this connection.
    const isUnread = error.code === 'body_too_large'
    return json(error.body, error.status, isUnread ? { connection: 'close' } : {})
  }
  // If the client has left, the error is not a failure.
  if (!gone.aborted) console.error(error)
  const message = 'The playground failed: its terminal says how.'
  return json({ error: { message, type: 'server_error', param: null, code: null } }, 500)
}

/** Each chunk of the body is one write. The next is asked for when the client has room for it. */
async function send(answer: Response, response: ServerResponse, gone: AbortSignal): Promise<void> {
  const reader = answer.body?.getReader()
  gone.addEventListener('abort', () => void reader?.cancel().catch(() => {}))
  if (gone.aborted) return reader?.cancel()
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.flushHeaders()
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
    if (!response.write(read.value)) await once(response, 'drain', { signal: gone })
  response.end()
}
