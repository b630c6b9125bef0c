import type { Settings } from './settings.ts'
import type { AttemptContext, ConnectAddress } from './types.ts'

/** The headers of one attempt: the caller's, and those of an event stream. */
export async function headersOf(settings: Settings, context: AttemptContext): Promise<Headers> {
  const given = settings.headers
  const headers = new Headers(typeof given === 'function' ? await given(context) : given)
  if (!headers.has('accept')) headers.set('accept', 'text/event-stream')
  if (settings.json !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json')
  // In a page, the option `cache` does this, and a header would cost a preflight. Some other platforms ignore the option.
  if (!('isSecureContext' in globalThis) && !headers.has('cache-control'))
    headers.set('cache-control', 'no-cache')
  const id = headerOfId(context.lastEventId)
  if (id) headers.set('last-event-id', id)
  return headers
}

/**
 * The last event ID as a header: UTF-8, one character for each byte. `undefined` if no header can hold it: control
 * characters are refused by `fetch`, and spaces at the ends are stripped on the way.
 */
export function headerOfId(id: string): string | undefined {
  if (/^[\t ]|[\t ]$/.test(id)) return undefined
  let header = ''
  for (const byte of new TextEncoder().encode(id)) {
    if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) return undefined
    header += String.fromCharCode(byte)
  }
  return header
}

/** Whether a server may answer these headers differently. */
export function differ(headers: Headers, before: Headers | undefined): boolean {
  return JSON.stringify([...headers]) !== JSON.stringify([...(before ?? [])])
}

/**
 * The reason why `fetch` will never take this request, however often it is tried: an address or a scheme that it
 * does not know. `undefined` if another attempt may succeed.
 */
export function futility(
  cause: unknown,
  input: ConnectAddress,
  { usesPlatform }: Settings,
): unknown {
  if ((cause as { cause?: { code?: unknown } } | undefined)?.cause?.code === 'ERR_INVALID_URL')
    return cause
  try {
    const address = typeof input === 'object' && 'url' in input ? input.url : String(input)
    // A `fetch` of the caller may know an address without an origin. The platform's resolves it against its page.
    const { protocol } = new URL(
      usesPlatform ? new Request(address).url : address,
      'http://localhost',
    )
    return /^(https?|data|blob):$/.test(protocol) ? undefined : cause
  } catch (error) {
    return error
  }
}
