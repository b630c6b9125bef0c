import { badContentType, badStatus } from './errors.ts'
import { readAhead } from './read-ahead.ts'
import { assertUnread, type ByteReader, type ByteSource, losesUnread, readerOf } from './source.ts'

/** Where events can come from. `null` is what `response.body` may be, and ends at once. */
export type ParseStreamSource = Response | ByteSource | null

/** How much of a body that is not an event stream goes into the error, and how long it may take to come. */
const EXCERPT_BYTES = 4_096
const EXCERPT_MILLISECONDS = 1_000

/**
 * The bytes of a source. A response has to be an event stream.
 *
 * @param ahead - how many bytes to read ahead of the consumer
 * @param use - is passed a reader for an excerpt
 */
export async function openSource(
  source: ParseStreamSource,
  ahead: number,
  use: (reader: ByteReader) => void,
): Promise<ByteReader> {
  if (source === null) return readerOf([])
  assertUnread(source)
  if (!('ok' in source)) return readerAheadOf(source, ahead)
  const { status, ok, body, headers } = source
  const contentType = headers.get('content-type')
  if (!ok) throw badStatus(status, contentType, await excerptOf(body, use))
  // No content has no type. With 204 a server says that there is nothing to come back for.
  if (body === null) return readerOf([])
  if (!/^text\/event-stream\s*(;|$)/i.test(contentType ?? ''))
    throw badContentType(status, contentType, await excerptOf(body, use))
  return readerAheadOf(body, ahead)
}

function readerAheadOf(source: ByteSource, ahead: number): ByteReader {
  const reader = readerOf(source)
  return ahead > 0 && losesUnread(source) ? readAhead(reader, ahead) : reader
}

/** Cancels a source that was never read from: it holds a connection all the same. */
export function letGo(source: ParseStreamSource, reason: unknown): void {
  if (source === null) return
  try {
    readerOf('ok' in source ? (source.body ?? []) : source).cancel(reason)
  } catch {
    // It belongs to the caller, or is not a source at all.
  }
}

/** The beginning of a body, for an error: no more than is useful, and no waiting for what may never come. */
async function excerptOf(
  body: ByteSource | null,
  use: (reader: ByteReader) => void,
): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const reader = readerOf(body)
    use(reader)
    const enough = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, EXCERPT_MILLISECONDS)
    })
    let room = EXCERPT_BYTES
    while (room > 0) {
      const chunk = await Promise.race([reader.read(), enough])
      if (chunk === undefined) break
      text += decoder.decode(chunk.subarray(0, room), { stream: true })
      room -= chunk.length
    }
    reader.cancel()
  } catch {
    // A body that cannot be read says nothing: the status and the type are reported all the same.
  } finally {
    clearTimeout(timer)
  }
  return text + decoder.decode()
}
