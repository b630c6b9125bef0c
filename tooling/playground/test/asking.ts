import { record } from '@tesserae/testkit/recorder'
import { bodyOf, piecesOf, type Transcript } from '@tesserae/testkit/transcript'

export const HELLO = [{ role: 'user', content: 'Hello' }]

/** What a request brings, off the socket. */
export function ask(
  url: string,
  body: Record<string, unknown>,
  path = '/v1/chat/completions',
): Promise<Transcript> {
  return record(url + path, { json: { messages: HELLO, prompt: 'Hello', stream: true, ...body } })
}

/** The sizes of the pieces in which the server wrote the body. */
export function writesOf(transcript: Transcript): number[] {
  return piecesOf(transcript, { by: 'chunk' }).map(({ bytes }) => bytes.length)
}

export function textOf(transcript: Transcript): string {
  return new TextDecoder().decode(bodyOf(transcript))
}

export function post(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: signal ?? null,
  })
}
