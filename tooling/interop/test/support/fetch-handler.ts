import { Buffer } from 'node:buffer'
import { eventStream } from '@tesserae/encoder/web'
import { optionsFor, play } from './script.ts'

globalThis.Buffer ??= Buffer

/** The script as a handler of fetch requests, as it would stand in any server that has them. */
export function fetchHandler(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  return eventStream((stream) => play(pathname, stream), {
    ...optionsFor(pathname, request.headers.get('last-event-id')),
    request,
  })
}
