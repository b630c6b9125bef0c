import { utf8 } from '../encode.ts'
import { lastEventIdTooLong } from '../errors.ts'
import { LONGEST_ID } from '../numbers.ts'
import type { UntrustedText } from '../types.ts'
import type { Answer } from './transport.ts'

/** What a stream has to know of the request. */
export interface StreamRequest {
  readonly method?: string | undefined
  /** The header `Last-Event-ID`. */
  readonly lastEventId?: string | null | undefined
  /** Aborts when the client hangs up. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The id of the last event of a stream that must not be continued. A client that reconnects with it is answered with
 * 204, and the standard then forbids it to try again; so the server has nothing to remember.
 */
const FINAL_ID = 'tesserae:final'
export const FINAL: string = `event: end\nid: ${FINAL_ID}\ndata: \n\n`

/** The answer to a request that wants no stream. */
export function answerWithoutStream(
  { method, lastEventId }: StreamRequest,
  instead: string | undefined,
): Answer | undefined {
  if ((instead ?? lastEventId) === FINAL_ID) return { status: 204 }
  return method === 'HEAD' ? { status: 200 } : undefined
}

/** The `Last-Event-ID` of a client, from the request's header or from the caller's option. */
export function readLastEventId(
  header: string | null | undefined,
  instead: string | undefined,
): UntrustedText | undefined {
  let id = instead ?? header
  if (!id) return undefined
  if (!instead)
    try {
      // Clients send UTF-8, and HTTP libraries read it as Latin-1: `é` arrives as `Ã©`. `escape` gives the bytes.
      id = decodeURIComponent(escape(id))
    } catch {
      // The header is not UTF-8 that was read as Latin-1.
    }
  if (utf8.encode(id).length > LONGEST_ID) throw lastEventIdTooLong(LONGEST_ID)
  return id
}
