import { headOf, piecesOf, readTranscript, type Transcript } from '@tesserae/testkit/transcript'
import { type Fields, isFields, objectIn } from './protocol.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A stream that was opened, whatever kind of file it came in. */
export interface Opened {
  /** What kind of file it was, for people. */
  readonly kind: string
  /** What was done to it, or is worth knowing. */
  readonly note: string
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** What it turned out to be, where it is not a stream and no header says so. */
  readonly contentType?: string
  /** When the head came, where the file says so. */
  readonly headAt: number | undefined
  /** The reads with their times; without times there is one, and where it is cut is the reader's choice. */
  readonly pieces: readonly { readonly at: number; readonly bytes: Bytes }[]
  readonly hasTimes: boolean
  readonly end: { readonly at: number; readonly how: 'closed' | 'failed' | 'stopped' }
}

/** A file that names several streams; one has to be chosen. */
export interface Choice {
  readonly names: readonly string[]
  readonly open: (index: number) => Opened
}

const encoder = new TextEncoder()
const utf8 = new TextDecoder()

/**
 * Opens what people keep of streams: the body as it came, a transcript of this project, a HAR file, what `curl -i` prints,
 * or one JSON document a line.
 *
 * @throws `Error` with a sentence for the reader when the file is of a known kind and cannot be used
 */
export function openFile(bytes: Bytes): Opened | Choice {
  const start = utf8.decode(bytes.subarray(0, 200))
  if (start.startsWith('tesserae transcript ')) return openTranscript(utf8.decode(bytes))
  if (/^HTTP\/\d(\.\d)? \d{3}/.test(start)) return openHead(bytes)
  if (/^\s*\{/.test(start)) {
    const text = utf8.decode(bytes)
    const value = objectIn(text)
    if (isFields(value?.['log'])) return openHar(value['log'])
    const lines = openLines(text)
    if (lines) return lines
    if (value) return { ...plain('JSON document', '', bytes), contentType: 'application/json' }
  }
  if (/^\s*<(!doctype|html)/i.test(start))
    return { ...plain('HTML document', '', bytes), contentType: 'text/html' }
  return openIndented(bytes) ?? plain('Event stream', '', bytes)
}

/** A stream that was copied from a page or a log, which indents each of its lines. */
function openIndented(bytes: Bytes): Opened | undefined {
  const [indent] =
    /^[\t ]+(?=(data|event|id|retry)?:)/m.exec(utf8.decode(bytes.subarray(0, 4_096))) ?? []
  if (indent === undefined) return undefined
  const lines = utf8.decode(bytes).split('\n')
  if (!lines.every((line) => line.startsWith(indent) || line.trim() === '')) return undefined
  const text = lines.map((line) => (line.trim() === '' ? '' : line.slice(indent.length)))
  return plain(
    'Event stream',
    'The indentation of its lines was taken away.',
    encoder.encode(text.join('\n')),
  )
}

function plain(
  kind: string,
  note: string,
  bytes: Bytes,
  head: Pick<Opened, 'status' | 'headers'> = { status: 200, headers: [] },
): Opened {
  const pieces = bytes.length === 0 ? [] : [{ at: 0, bytes }]
  const end = { at: 0, how: 'closed' } as const
  return { kind, note, ...head, headAt: undefined, pieces, hasTimes: false, end }
}

function openTranscript(text: string): Opened {
  const transcript = readTranscript(text)
  const { source, end } = transcript.response
  const head = headOf(transcript)
  const hasTimes = source !== 'document'
  const how = end.how === 'complete' ? 'closed' : end.how === 'cut' ? 'failed' : 'stopped'
  return {
    kind: 'Transcript',
    note: transcript.title,
    status: head?.status ?? 200,
    headers: head?.headers ?? [],
    headAt: hasTimes ? transcript.response.reads[0]?.at : undefined,
    pieces: piecesIn(transcript),
    hasTimes,
    end: { at: end.at, how },
  }
}

function piecesIn(transcript: Transcript): Opened['pieces'] {
  return piecesOf(transcript).map(({ at, bytes }) => ({ at, bytes: new Uint8Array(bytes) }))
}

const LF = 10
const CR = 13

/** What `curl -i` prints: each head of an answer that was passed through, then the last one, then the body. */
function openHead(bytes: Bytes): Opened {
  let from = 0
  let head: Pick<Opened, 'status' | 'headers'> = { status: 200, headers: [] }
  while (/^HTTP\/\d/.test(utf8.decode(bytes.subarray(from, from + 6)))) {
    const end = headEnd(bytes, from)
    head = readHead(utf8.decode(bytes.subarray(from, end)))
    from = end
    if (head.status >= 200 && !isPassedThrough(bytes, from)) break
  }
  return plain('HTTP response', 'From curl -i; the file has no times.', bytes.slice(from), head)
}

/** A redirect or an interim answer is followed by another head. */
function isPassedThrough(bytes: Bytes, at: number): boolean {
  return /^HTTP\/\d(\.\d)? \d{3}/.test(utf8.decode(bytes.subarray(at, at + 16)))
}

/** Where the blank line ends that ends a head. */
function headEnd(bytes: Bytes, from: number): number {
  let lineStart = from
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== LF) continue
    const isBlank = at === lineStart || (at === lineStart + 1 && bytes[lineStart] === CR)
    if (isBlank) return at + 1
    lineStart = at + 1
  }
  return bytes.length
}

function readHead(text: string): Pick<Opened, 'status' | 'headers'> {
  const [first = '', ...lines] = text.split(/\r?\n/)
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const] : []
  })
  return { status: Number(/ (\d{3})/.exec(first)?.[1] ?? 200), headers }
}

interface HarEntry {
  readonly request?: { readonly method?: string; readonly url?: string }
  readonly response?: {
    readonly status?: number
    readonly headers?: readonly { readonly name: string; readonly value: string }[]
    readonly content?: {
      readonly text?: string
      readonly encoding?: string
      readonly mimeType?: string
    }
  }
}

function openHar({ entries }: Readonly<Record<string, unknown>>): Opened | Choice {
  const all = (Array.isArray(entries) ? entries : []) as HarEntry[]
  const streams = all.filter(
    ({ response }) => /event-stream/.test(typeIn(response)) && response?.content?.text,
  )
  if (streams.length === 0)
    throw new Error(
      'This HAR file has no response of type text/event-stream with a body. Export it with content.',
    )
  const open = (index: number): Opened => openEntry(streams[index] ?? {})
  if (streams.length === 1) return open(0)
  const names = streams.map(({ request }) =>
    `${request?.method ?? ''} ${request?.url ?? ''}`.trim(),
  )
  return { names, open }
}

function typeIn(response: HarEntry['response']): string {
  const header = response?.headers?.find(({ name }) => name.toLowerCase() === 'content-type')
  return header?.value ?? response?.content?.mimeType ?? ''
}

function openEntry({ response }: HarEntry): Opened {
  const { text = '', encoding } = response?.content ?? {}
  const bytes =
    encoding === 'base64'
      ? Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0)
      : encoder.encode(text)
  const headers = (response?.headers ?? []).map(({ name, value }) => [name, value] as const)
  const note = 'A HAR file has the body in one piece, without the times of its chunks.'
  return plain('HAR', note, bytes, { status: response?.status ?? 200, headers })
}

/** One JSON document a line, as programs log chunks that they were given. */
function openLines(text: string): Opened | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length < 2 || !lines.every((line) => objectIn(line))) return undefined
  const events = lines.map((line) => `data: ${line.trim()}\n\n`).join('')
  const added = '“data: ” was added before each line, and a blank line after it.'
  const note = isOllamas(objectIn(lines[0] ?? ''))
    ? `${added} These are lines of Ollama’s own API, which has no message here: its /v1/chat/completions streams events.`
    : added
  return plain('JSON lines', note, encoder.encode(events))
}

function isOllamas(line: Fields | undefined): boolean {
  return typeof line?.['done'] === 'boolean' && ('message' in line || 'response' in line)
}
