import { encode, utf8 } from '../encode.ts'
import { forbiddenHeader, lastEventIdTooLong } from '../errors.ts'
import { LONGEST_ID } from '../numbers.ts'
import type { HeaderFields, UntrustedText } from '../types.ts'

/**
 * The id of the last event of a stream that must not be continued. A client that reconnects with it is answered with
 * 204, and the standard then forbids it to try again; so the server has nothing to remember.
 */
export const FINAL_ID = 'tesserae:final'
export const FINAL: string = /* @__PURE__ */ encode({ event: 'end', id: FINAL_ID, data: '' })

/** The header fields of the connection, which HTTP/2 forbids, and those that would misdescribe the body. */
const FORBIDDEN =
  /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|content-(length|encoding))$/

const TYPE = 'content-type'

/** The header fields of the response: the caller's, and the defaults where the caller has none. */
export function headOf(fields: HeaderFields = {}): Headers {
  const head = new Headers({
    [TYPE]: 'text/event-stream',
    // no-transform keeps compression middleware away, which would hold events back until its buffer is full.
    'cache-control': 'no-cache, no-transform',
    // nginx ignores no-transform and honours this.
    'x-accel-buffering': 'no',
  })
  const given = new Headers()
  const entries = Symbol.iterator in fields ? fields : Object.entries(fields)
  for (const [name, values] of entries as Iterable<[string, unknown]>)
    // Frameworks on Node list the values of a field, and leave a field undefined.
    for (const value of [values].flat()) if (value !== undefined) given.append(name, `${value}`)
  given.forEach((value, name) => {
    if (FORBIDDEN.test(name) || (name === TYPE && !/^text\/event-stream *(;|$)/i.test(value)))
      throw forbiddenHeader(name)
    // There may be several cookies, and one of every other field.
    if (name === 'set-cookie') head.append(name, value)
    else head.set(name, value)
  })
  return head
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
