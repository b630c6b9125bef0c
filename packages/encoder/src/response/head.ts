import { forbiddenHeader } from '../errors.ts'
import type { HeaderFields } from '../types.ts'

/** The header fields of the connection, which HTTP/2 forbids, and those that would misdescribe the body. */
const FORBIDDEN =
  /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|content-(length|encoding))$/

const TYPE = 'content-type'

/** The type of a response that is not a stream. */
export const TEXT_TYPE = 'text/plain; charset=utf-8'

/** The header fields of the response: the caller's, and the defaults where the caller has none. */
export function headOf(fields?: HeaderFields): Headers {
  const head = new Headers({
    [TYPE]: 'text/event-stream',
    // no-transform keeps compression middleware away, which would hold events back until its buffer is full.
    'cache-control': 'no-cache, no-transform',
    // nginx ignores no-transform and honours this.
    'x-accel-buffering': 'no',
  })
  const given = new Headers()
  const all = fields ?? {}
  const entries = Symbol.iterator in all ? all : Object.entries(all)
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
