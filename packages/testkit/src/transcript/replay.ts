import { TranscriptError } from './errors.ts'
import { concat } from './signs.ts'
import type { OwnBytes, Part, Transcript } from './types.ts'

/** The status line and the header fields of a response. */
export interface TranscriptHead {
  readonly status: number
  readonly statusText: string
  /** In the order of arrival, names as received. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Some bytes of the body and when they were there. */
export interface TranscriptPiece {
  /** Milliseconds since the request was sent. */
  readonly at: number
  readonly bytes: OwnBytes
}

/** Options of {@link piecesOf}. */
export interface PiecesOptions {
  /**
   * - `'read'`: a piece for each read that brought content: how the network cut the body.
   * - `'chunk'`: a piece for each chunk of the chunked coding, at the time its last byte came: how the server cut
   *   it. Without that coding, all of the body is one.
   *
   * Default: `'read'`.
   */
  readonly by?: 'read' | 'chunk' | undefined
}

/** Options of {@link replay} and {@link replayResponse}. */
export interface ReplayOptions extends PiecesOptions {
  /** How many times as fast as recorded: `1` keeps the recorded times. Default: `Infinity`, nothing is waited for. */
  readonly speed?: number | undefined
  /**
   * What a response that was cut or aborted ends with.
   *
   * - `'as-recorded'`: an error, as `fetch` would give: of code `cut`, or an `AbortError`.
   * - `'close'`: a plain end, as when a proxy closes a truncated response in order.
   *
   * Default: `'as-recorded'`.
   */
  readonly end?: 'as-recorded' | 'close' | undefined
}

/**
 * The whole body: no head, no framing.
 *
 * @example
 * ```ts
 * import { loadSeed } from '@tesserae/testkit/recordings'
 * import { bodyOf } from '@tesserae/testkit/transcript'
 *
 * const text = new TextDecoder().decode(bodyOf(loadSeed('solidrust')))
 * console.log(text.slice(-14).trimEnd()) // => data: [DONE]
 * ```
 */
export function bodyOf(transcript: Transcript): OwnBytes {
  return bytesOf(transcript, (part) => part.of === 'body')
}

/**
 * Every byte as it came off the socket.
 *
 * @throws {@link TranscriptError} of code `unreplayable` when the recorder did not see the socket
 *
 * @example
 * ```ts
 * import { loadRecording } from '@tesserae/testkit/recordings'
 * import { wireOf } from '@tesserae/testkit/transcript'
 *
 * const wire = wireOf(loadRecording('llama-server/plain'))
 * console.log(new TextDecoder().decode(wire.subarray(0, 15))) // => HTTP/1.1 200 OK
 * ```
 */
export function wireOf(transcript: Transcript): OwnBytes {
  const { source } = transcript.response
  if (source !== 'socket') {
    throw new TranscriptError(
      'unreplayable',
      `What a ${source} shows is not what was on the wire; use bodyOf().`,
    )
  }
  return bytesOf(transcript, () => true)
}

/**
 * The body in pieces, with their times.
 *
 * @example
 * ```ts
 * import { loadRecording } from '@tesserae/testkit/recordings'
 * import { piecesOf } from '@tesserae/testkit/transcript'
 *
 * const decoder = new TextDecoder()
 * for (const { at, bytes } of piecesOf(loadRecording('encoders/hono'))) {
 *   console.log(at, decoder.decode(bytes, { stream: true }))
 * }
 * ```
 */
export function piecesOf(
  transcript: Transcript,
  { by = 'read' }: PiecesOptions = {},
): TranscriptPiece[] {
  const pieces: { at: number; parts: Uint8Array[] }[] = []
  let open: (typeof pieces)[number] | undefined
  for (const { at, parts } of transcript.response.reads) {
    if (by === 'read') open = undefined
    for (const { of, bytes } of parts) {
      if (of !== 'body') {
        if (by === 'chunk') open = undefined
        continue
      }
      if (open === undefined) pieces.push((open = { at, parts: [] }))
      open.parts.push(bytes)
      open.at = at
    }
  }
  return pieces.map(({ at, parts }) => ({ at, bytes: concat(parts) }))
}

/**
 * The head of the final response, or `undefined` when there is none: in a printed document, or when the connection
 * was lost before.
 *
 * @example
 * ```ts
 * import { loadRecording } from '@tesserae/testkit/recordings'
 * import { headOf } from '@tesserae/testkit/transcript'
 *
 * const { status, statusText } = headOf(loadRecording('llama-server/error-401')) ?? {}
 * console.log(status, statusText) // => 401 Unauthorized
 * ```
 */
export function headOf(transcript: Transcript): TranscriptHead | undefined {
  // A field's bytes are not always UTF-8; those of HTTP are one character each.
  const text = Array.from(
    bytesOf(transcript, (part) => part.of === 'head'),
    (byte) => String.fromCharCode(byte),
  ).join('')
  // Interim responses such as 103 Early Hints have heads of their own, before that of the response.
  const heads = text.split(/\r?\n\r?\n/)
  const [first = '', ...fields] = heads.at(-1) === '' ? (heads.at(-2) ?? '').split(/\r?\n/) : []
  const [, status, statusText = ''] = /^(?:HTTP\/1\.[01] )?([2-5]\d\d)(?: (.*))?$/.exec(first) ?? []
  if (status === undefined) return undefined
  const headers = fields.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { status: Number(status), statusText, headers }
}

/**
 * The body as a stream, in the pieces and, if asked, at the times of the recording. A piece is handed out when it is
 * asked for and its time has come, so a slow reader delays the rest and loses nothing.
 *
 * @example
 * ```ts
 * import { loadRecording } from '@tesserae/testkit/recordings'
 * import { replay, TranscriptError } from '@tesserae/testkit/transcript'
 *
 * const stream = replay(loadRecording('llama-server/server-killed'))
 * let pieces = 0
 * try {
 *   for await (const piece of stream) pieces += piece.length > 0 ? 1 : 0
 * } catch (error) {
 *   console.log(pieces > 0, error instanceof TranscriptError && error.code) // => true 'cut'
 * }
 * ```
 */
export function replay(
  transcript: Transcript,
  options: ReplayOptions = {},
): ReadableStream<OwnBytes> {
  const { speed = Infinity, end = 'as-recorded' } = options
  if (!(speed > 0))
    throw new TranscriptError(
      'unreplayable',
      'The speed of a replay is a number above 0; 1 is as recorded.',
    )
  const pieces = piecesOf(transcript, options)
  const { response } = transcript
  let next = 0
  let start: number | undefined
  let stopWaiting: (() => void) | undefined

  /** Until this time of the recording has come. */
  async function until(at: number): Promise<void> {
    start ??= performance.now()
    const wait = at / speed - (performance.now() - start)
    if (wait <= 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait)
      stopWaiting = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return new ReadableStream<OwnBytes>(
    {
      async pull(controller) {
        const piece = pieces[next]
        await until(piece?.at ?? response.end.at)
        next++
        if (piece !== undefined) controller.enqueue(piece.bytes)
        else if (response.end.how === 'complete' || end === 'close') controller.close()
        else controller.error(endingError(response.end.how))
      },
      cancel() {
        stopWaiting?.()
      },
    },
    // Nothing ahead of its reader: an error would throw away what the stream holds.
    { highWaterMark: 0 },
  )
}

/**
 * The recorded response as `fetch` would give it: status, header fields, and the body as {@link replay} gives it.
 * A printed document, which has no head, is a `200` of type `text/event-stream`.
 *
 * A compressed body is not decompressed.
 *
 * @example
 * ```ts
 * import { loadRecording } from '@tesserae/testkit/recordings'
 * import { replayResponse } from '@tesserae/testkit/transcript'
 *
 * const response = replayResponse(loadRecording('llama-server/plain'), { speed: 10 })
 * console.log(response.status, response.headers.get('content-type')) // => 200 'text/event-stream'
 * const text = await response.text()
 * console.log(text.trimEnd().endsWith('data: [DONE]')) // => true
 * ```
 */
export function replayResponse(transcript: Transcript, options: ReplayOptions = {}): Response {
  const head = headOf(transcript)
  if (head === undefined && transcript.response.source !== 'document') {
    throw new TranscriptError(
      'unreplayable',
      'The connection was lost before the head was whole, so there is no response.',
    )
  }
  const {
    status = 200,
    statusText = '',
    headers = [['content-type', 'text/event-stream']],
  } = head ?? {}
  const fields = new Headers()
  for (const [name, value] of headers) fields.append(name, value)
  const hasBody = ![204, 205, 304].includes(status)
  return new Response(hasBody ? replay(transcript, options) : null, {
    status,
    statusText,
    headers: fields,
  })
}

function endingError(how: 'cut' | 'aborted'): Error {
  return how === 'cut'
    ? new TranscriptError('cut', 'The connection was lost here when this was recorded.')
    : new DOMException('The client stopped reading here when this was recorded.', 'AbortError')
}

function bytesOf(transcript: Transcript, wanted: (part: Part) => boolean): OwnBytes {
  return concat(
    transcript.response.reads
      .flatMap(({ parts }) => parts.filter(wanted))
      .map(({ bytes }) => bytes),
  )
}
