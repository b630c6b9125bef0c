import { type Part as TranscriptPart, writeTranscript } from '@tesserae/testkit/transcript'
import type { StreamRequest } from './fetch-stream.ts'
import type { Recording } from './recording.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A form in which a stream can leave the page. */
export interface Export {
  readonly id: string
  readonly label: string
  /** What is in it, in one line. */
  readonly about: string
  readonly fileName: string
  readonly type: string
  /** Whether it can be copied as text. */
  readonly isText: boolean
  readonly make: () => string | Bytes
}

const SECRETS = ['authorization', 'x-api-key', 'api-key', 'cookie', 'x-goog-api-key']

/** The forms that a stream can leave the page in. A request is only there for a stream that was fetched. */
export function exportsOf(recording: Recording, request: StreamRequest | undefined): Export[] {
  const { tape, events, message } = recording
  const bytes = (): Bytes => tape.slice(0, tape.length) as Bytes
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
  const list: Export[] = [
    {
      id: 'bytes',
      label: 'Bytes',
      about: 'the body exactly as it came',
      fileName: 'stream.sse',
      type: 'text/event-stream',
      isText: false,
      make: bytes,
    },
    {
      id: 'events',
      label: 'Events',
      about: 'one JSON object a line: event, data, id',
      fileName: 'events.jsonl',
      type: 'application/jsonl',
      isText: true,
      make: () => eventLines(events.entries),
    },
    {
      id: 'transcript',
      label: 'Transcript',
      about: 'bytes with their times, as the testkit reads them',
      fileName: 'stream.transcript',
      type: 'text/plain',
      isText: true,
      make: () => transcriptOf(recording, request),
    },
    {
      id: 'test',
      label: 'Test case',
      about: 'a Vitest file that expects these events and this message',
      fileName: 'stream.test.ts',
      type: 'text/plain',
      isText: true,
      make: () => testOf(recording),
    },
  ]
  if (message.outcome?.message !== undefined)
    list.splice(2, 0, {
      id: 'message',
      label: 'Message',
      about: 'the message as JSON, as without streaming',
      fileName: 'message.json',
      type: 'application/json',
      isText: true,
      make: () => json(message.outcome?.message),
    })
  if (request)
    list.push({
      id: 'curl',
      label: 'cURL',
      about: 'the command that sends this request; the key is left out',
      fileName: 'request.sh',
      type: 'text/x-shellscript',
      isText: true,
      make: () => curlOf(request, location.href),
    })
  return list
}

function eventLines(entries: Recording['events']['entries']): string {
  return entries
    .flatMap(({ event }) => {
      if (!event) return []
      const { event: name, data, id } = event
      return [`${JSON.stringify({ event: name, data, id })}\n`]
    })
    .join('')
}

/** The transcript of a recording. What has no times says that it is a document. */
export function transcriptOf(recording: Recording, request: StreamRequest | undefined): string {
  const { tape, settings } = recording
  const { status, headers, headAt, timing } = settings
  const hasHead = tape.hasTimes && Number.isFinite(headAt)
  const body = tape.chunks.map(({ at, bytes }) => ({
    at,
    parts: [{ of: 'body', bytes }] as TranscriptPart[],
  }))
  const head = `HTTP/1.1 ${status}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const first = {
    at: headAt,
    parts: [{ of: 'head', bytes: encoder.encode(head) }] as TranscriptPart[],
  }
  const how = tape.end?.how
  return writeTranscript({
    title: 'A stream from the playground',
    provenance: { how: `exported by the playground; times: ${timing}`, licence: 'unknown' },
    ...(request && { request: requestOf(request) }),
    response: {
      source: tape.hasTimes ? 'fetch' : 'document',
      reads: hasHead ? [first, ...body] : body,
      end: {
        at: tape.end?.at ?? tape.timeAt(tape.steps),
        how: how === 'closed' ? 'complete' : how === 'failed' ? 'cut' : 'aborted',
        why: '',
      },
    },
  })
}

const encoder = new TextEncoder()

function requestOf({ url, method, headers, body = '' }: StreamRequest): {
  method: string
  target: string
  headers: (readonly [string, string])[]
  body: Bytes
} {
  const { pathname, search } = new URL(url, 'http://localhost')
  return {
    method,
    target: pathname + search,
    headers: withoutSecrets(headers),
    body: encoder.encode(body),
  }
}

function withoutSecrets(headers: StreamRequest['headers']): (readonly [string, string])[] {
  return Object.entries(headers).map(([name, value]) => [
    name,
    SECRETS.includes(name.toLowerCase()) ? '$API_KEY' : value,
  ])
}

/** The command that sends a request. Secrets are names of variables. */
export function curlOf({ url, method, headers, body }: StreamRequest, base: string): string {
  const lines = [`curl --no-buffer --request ${method} ${quoted(new URL(url, base).href)}`]
  for (const [name, value] of Object.entries(headers))
    lines.push(
      SECRETS.includes(name.toLowerCase())
        ? `  --header "${name}: ${value.startsWith('Bearer ') ? 'Bearer ' : ''}$API_KEY"`
        : `  --header ${quoted(`${name}: ${value}`)}`,
    )
  if (body !== undefined) lines.push(`  --data ${quoted(body)}`)
  return `${lines.join(' \\\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** A test that reads the stream as today, byte by byte, and expects the same events and the same message. */
export function testOf(recording: Recording): string {
  const { tape, events, message, protocol } = recording
  const base64 = toBase64(tape.slice(0, tape.length))
  const lines = base64.match(/.{1,96}/g) ?? ['']
  const isChat = protocol === 'chat' || protocol === 'legacy'
  const expected = events.entries.flatMap(({ event }) =>
    event ? [{ event: event.event, data: event.data, id: event.id }] : [],
  )
  const complete = message.outcome?.verdict?.complete
  return `import { createParser } from '@tesserae/parser'
${isChat ? "import { accumulate } from '@tesserae/openai'\n" : ''}import { expect, test } from 'vitest'

const bytes = Uint8Array.from(
  atob(
    [
${lines.map((line) => `      '${line}',`).join('\n')}
    ].join(''),
  ),
  (letter) => letter.codePointAt(0) ?? 0,
)

test('the parser finds the same events, byte by byte', () => {
  const parser = createParser()
  const events = Array.from(bytes, (byte) => {
    parser.feed(Uint8Array.of(byte))
    return [...parser].map(({ event, data, id }) => ({ event, data, id }))
  }).flat()
  expect(events).toEqual(${indented(expected)})
})
${
  isChat
    ? `
test('the accumulator puts the same message together', async () => {
  const response = new Response(bytes, { headers: { 'content-type': 'text/event-stream' } })
  const { message, verdict } = await accumulate(response, { incomplete: 'return' })
  expect(verdict.complete).toBe(${String(complete)})
  expect(message).toEqual(${indented(message.outcome?.message)})
})
`
    : ''
}`
}

/** A value as it stands in a program, two columns in. */
function indented(value: unknown): string {
  return (JSON.stringify(value, null, 2) ?? 'undefined').replaceAll('\n', '\n  ')
}

function toBase64(bytes: Uint8Array): string {
  let letters = ''
  for (const byte of bytes) letters += String.fromCodePoint(byte)
  return btoa(letters)
}
