import { isWire } from '../accumulator/cells.ts'
import { badResponse, serverError } from '../errors.ts'
import { serverErrorIn, serverErrorOf } from '../server-error.ts'
import { split } from '../split/split.ts'
import type { ChatCompletion } from '../types.ts'
import type { ChunkSource } from './source.ts'

/** As much of a body that cannot be read goes into the error. */
const EXCERPT = 4_096

/**
 * What a response brings. A document in the place of a stream is read whole: an error is thrown, and a message that was
 * not streamed is split, so that it makes no difference. Types that say nothing, such as `text/plain`, are let through.
 */
export async function openResponse(response: Response): Promise<Exclude<ChunkSource, Response>> {
  const { status, ok, body, headers } = response
  const isDocument = /\b(json|html)\b/i.test(headers.get('content-type') ?? '')
  if (ok && !isDocument) return body ?? []
  return chunksOfDocument(await response.text(), status, ok)
}

/** The chunks of a body that is one JSON document, or the error that it is. */
export function chunksOfDocument(text: string, status: number | undefined, ok: boolean): object[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badResponse(text.slice(0, EXCERPT), status)
  }
  const found = Array.isArray(value) ? value[0] : value
  if (isWire(found)) {
    const error = serverErrorIn(found) ?? (ok ? undefined : serverErrorOf(found, value))
    if (error) throw serverError(error, ok ? undefined : status)
    if (Array.isArray(found['choices']))
      return [...split(found as unknown as ChatCompletion, { granularity: 'whole' })]
  }
  throw badResponse(text.slice(0, EXCERPT), status)
}
