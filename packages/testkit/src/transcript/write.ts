import { TranscriptError } from './errors.ts'
import { HIDDEN_CHARACTER, toLines, toSigns } from './signs.ts'
import type { Part, Read, Transcript, TranscriptRequest, TranscriptResponse } from './types.ts'

export const FIRST_LINE = 'tesserae transcript 1'
export const FIELD_NAME: RegExp = /^[a-z][a-z0-9-]*$/
/** A token of HTTP: a method, or the name of a header field. */
export const TOKEN: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
export const MARKS: Readonly<Record<Part['of'], string>> = { head: '<', frame: '#', body: '|' }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Writes a transcript as text, for a file. {@link readTranscript} gives back an equal one.
 *
 * @example
 * ```ts
 * import { writeTranscript } from '@tesserae/testkit/transcript'
 *
 * const bytes = new TextEncoder().encode('data: Hel')
 * const text = writeTranscript({
 *   title: 'A word, cut in two',
 *   provenance: { licence: 'none needed' },
 *   response: {
 *     source: 'document',
 *     reads: [{ at: 4.2, parts: [{ of: 'body', bytes }] }],
 *     end: { at: 5, how: 'cut', why: '' },
 *   },
 * })
 * console.log(text.split('\n').slice(4, 7).join(' / ')) // => === response: document / @ 4.2 / | data: Hel
 * ```
 */
export function writeTranscript(transcript: Transcript): string {
  const { title, provenance, request, response, meaning } = transcript
  const lines = [FIRST_LINE, field('title', title)]
  for (const [name, value] of Object.entries(provenance)) {
    if (!FIELD_NAME.test(name) || name === 'title') {
      throw unwritable(
        `A provenance name is lower-case letters, digits and hyphens, and not "title".`,
      )
    }
    lines.push(field(name, value))
  }
  if (request !== undefined) lines.push('', '=== request', ...requestLines(request))
  lines.push('', `=== response: ${response.source}`, ...responseLines(response))
  if (meaning !== undefined) lines.push('', '=== meaning', json(meaning))
  return `${lines.join('\n')}\n`
}

function requestLines({ method, target, headers, body }: TranscriptRequest): string[] {
  if (!TOKEN.test(method)) throw unwritable('The method of the request is not one word.')
  if (target === '') throw unwritable('The request has no target; the shortest is "/".')
  const lines = [`${method} ${signs(target)}`]
  for (const [name, value] of headers) {
    if (!TOKEN.test(name))
      throw unwritable('A header name of the request has characters that HTTP forbids.')
    lines.push(field(name, value))
  }
  if (body.length > 0)
    lines.push(
      '',
      prettyJson(body) ??
        toLines(body)
          .map((line) => `> ${line}`)
          .join('\n'),
    )
  return lines
}

/** JSON in lines, when the very bytes can be had back from it, which is when it was sent in the shortest form. */
function prettyJson(body: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(body)
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? json(value) : undefined
  } catch {
    return undefined
  }
}

function responseLines({ reads, end }: TranscriptResponse): string[] {
  const lines: string[] = []
  let last = 0
  for (const [index, { at, parts }] of reads.entries()) {
    last = checkedTime(at, last)
    lines.push(
      `@ ${at}`,
      ...parts.flatMap((part, place) => partLines(part, parts[place - 1], index)),
    )
  }
  checkedTime(end.at, last)
  lines.push(`@ ${end.at} ${end.how}${end.why === '' ? '' : `: ${signs(end.why)}`}`)
  return lines
}

function partLines({ of, bytes }: Part, before: Part | undefined, read: number): string[] {
  if (bytes.length === 0) throw unwritable(`Read ${read} has a part without bytes: leave it out.`)
  if (before?.of === of)
    throw unwritable(`Read ${read} has two parts of kind ${of} in a row: make them one.`)
  return toLines(bytes).map((line) => `${MARKS[of]} ${line}`)
}

function checkedTime(at: Read['at'], last: number): number {
  if (!Number.isFinite(at) || at < last || Object.is(at, -0)) {
    throw unwritable(
      `The time ${Object.is(at, -0) ? '-0' : at} is not one: a number from 0 up, never going back.`,
    )
  }
  return at
}

function field(name: string, value: string): string {
  return value === '' ? `${name}:` : `${name}: ${signs(value)}`
}

function signs(text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw unwritable('A text holds half of a surrogate pair, which no bytes stand for.')
  return toSigns(encoder.encode(text))
}

/** Hidden characters can only stand in strings, where JSON has escapes of its own. */
function json(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2) as string | undefined
  if (text === undefined) throw unwritable('The meaning is not JSON.')
  return text.replaceAll(HIDDEN_CHARACTER, (character) =>
    character.replaceAll(
      /[^]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )
}

function unwritable(message: string): TranscriptError {
  return new TranscriptError('unwritable', message)
}
