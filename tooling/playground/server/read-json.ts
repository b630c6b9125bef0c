import type { IncomingMessage } from 'node:http'
import { Refusal } from './errors.ts'

export const LARGEST_BODY = 1 << 20

/** The JSON object that a request carries. How long it may take is the server's `requestTimeout`. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > LARGEST_BODY)
      throw new Refusal('body_too_large', `Send no more than ${LARGEST_BODY} bytes.`)
    pieces.push(piece)
  }
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)))
  } catch {
    throw new Refusal('invalid_json', 'The body is not JSON: send an object, in UTF-8.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('invalid_json', 'The body is JSON, but not an object: send an object.')
  return value as Record<string, unknown>
}
