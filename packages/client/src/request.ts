import type { ConnectAddress, ConnectHeaders } from './types.ts'

export function isRequest(address: ConnectAddress): address is Request {
  return typeof address === 'object' && 'url' in address
}

/** Whether a method changes nothing on the server, so that a repetition does no harm. */
export function isSafe(method: string): boolean {
  return /^(GET|HEAD|OPTIONS|QUERY|REPORT)$/i.test(method)
}

/** The headers of one attempt: the caller's, and those of an event stream. */
export function headersOf(
  given: ConnectHeaders | undefined,
  lastEventId: string,
  isJson = false,
): Headers {
  const headers = new Headers(given)
  const add = (name: string, value: string): void => {
    if (!headers.has(name)) headers.set(name, value)
  }
  add('accept', 'text/event-stream')
  if (isJson) add('content-type', 'application/json')
  // In a page, the option `cache` does this, and a header would cost a preflight. Some other platforms ignore the option.
  if (!('isSecureContext' in globalThis)) add('cache-control', 'no-cache')
  const id = headerOfId(lastEventId)
  if (id) headers.set('last-event-id', id)
  return headers
}

/**
 * The last event ID as a header: UTF-8, one character for each byte. `undefined` if no header can hold it: control
 * characters are refused by `fetch`, and spaces at the ends are stripped on the way.
 */
export function headerOfId(id: string): string | undefined {
  let header = ''
  for (const byte of new TextEncoder().encode(id)) {
    if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) return undefined
    header += String.fromCharCode(byte)
  }
  return /^[\t ]|[\t ]$/.test(id) ? undefined : header
}

/**
 * The reason why `fetch` will never take this request, however often it is tried: an address or a scheme that it
 * does not know, or wrong options. `undefined` if another attempt may succeed.
 */
export function futility(
  cause: unknown,
  input: ConnectAddress,
  { body = null, ...init }: RequestInit,
  isPlatforms: boolean,
): unknown {
  // Bun constructs this `Request`, and refuses to send it.
  if (body !== null && /^(GET|HEAD)$/i.test(init.method ?? 'GET')) return cause
  if ((cause as { cause?: { code?: unknown } } | undefined)?.cause?.code === 'ERR_INVALID_URL')
    return cause
  try {
    const address = isRequest(input) ? input.url : `${input}`
    // A `fetch` of the caller may know an address without an origin. The platform's resolves it against its page.
    const { protocol } = new URL(
      isPlatforms ? new Request(address, init).url : address,
      'http://localhost',
    )
    return /^(https?|data|blob):$/.test(protocol) ? undefined : cause
  } catch (error) {
    return error
  }
}
