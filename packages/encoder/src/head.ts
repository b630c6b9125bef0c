import { encode } from './encode.ts'
import { StreamError } from './errors.ts'
import type { HeaderFields, UntrustedText } from './types.ts'

/** The longest `Last-Event-ID` that is looked at. */
const LONGEST_ID = 1024

/**
 * The id of the last event of a stream that is not to be continued. A client that reconnects with it is answered
 * with 204, upon which the standard forbids it to try again; so the server has nothing to remember.
 */
export const FINAL_ID = 'tesserae:final'
export const FINAL: string = /* @__PURE__ */ encode({ event: 'end', id: FINAL_ID, data: '' })

/** Those of the connection, which HTTP/2 forbids, and those that say of the body what is not so. */
const FORBIDDEN =
  /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|content-(length|encoding))$/

const TYPE = 'content-type'

/** The head's fields: the caller's, and ours where the caller has none. */
export function headOf(fields?: HeaderFields): Headers {
  const head = new Headers({
    [TYPE]: 'text/event-stream',
    // no-transform keeps compression middleware away, which would hold events back until its buffer is full.
    'cache-control': 'no-cache, no-transform',
    // nginx takes no notice of no-transform; this is what it understands.
    'x-accel-buffering': 'no',
  })
  new Headers(fields).forEach((value, name) => {
    if (FORBIDDEN.test(name) || (name === TYPE && !/^text\/event-stream *(;|$)/i.test(value)))
      throw new StreamError('forbidden-header', `Leave ${name} out of the headers.`)
    // There may be several cookies, and one of all else.
    if (name === 'set-cookie') head.append(name, value)
    else head.set(name, value)
  })
  return head
}

/** The header's id, or what the caller has in its place. */
export function readLastEventId(
  header: string | null | undefined,
  instead?: string,
): UntrustedText | undefined {
  const id = instead ?? header
  if (!id) return undefined
  if (id.length > LONGEST_ID)
    throw new StreamError('last-event-id-too-long', 'Last-Event-ID is too long.', 400)
  if (instead) return instead
  try {
    // Clients send UTF-8, and HTTP libraries read it as Latin-1: `é` arrives as `Ã©`. `escape` gives those bytes.
    return decodeURIComponent(escape(id))
  } catch {
    // Not such a misreading.
    return id
  }
}
