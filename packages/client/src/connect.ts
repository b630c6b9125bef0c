import { EventConnection } from './connection.ts'
import { settingsOf } from './settings.ts'
import type { ConnectAddress, Connection, ConnectOptions } from './types.ts'

/**
 * Reads the events of an address, over as many requests as it takes. It sends nothing before the first call of `next()` or
 * `head()`.
 *
 * A GET is sent again after a cut and after its response has ended, with the last event ID. A POST is sent once, unless `repeat`
 * or `resume` says how it continues.
 *
 * @param address - where the events are
 * @param options - as for `fetch`, with what to do when the connection is lost
 *
 * @example
 * ```ts
 * import { connect } from '@tesserae/client'
 *
 * const headers = { 'content-type': 'text/event-stream' }
 * const answers = ['id: 1\ndata: Hello\n\n', 'id: 2\ndata: world\n\n'].map((body) => new Response(body, { headers }))
 * const fetch = async () => answers.shift() ?? new Response(null, { status: 204 })
 *
 * for await (const event of connect('/updates', { fetch })) console.log(event.data) // => Hello, then world
 * ```
 */
export function connect(address: ConnectAddress, options: ConnectOptions = {}): Connection {
  return new EventConnection(address, settingsOf(address, options))
}
