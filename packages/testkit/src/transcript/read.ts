import { TranscriptError, type TranscriptErrorCode } from './errors.ts'
import { concat, fromSigns } from './signs.ts'
import type {
  End,
  Meaning,
  Part,
  Read,
  Transcript,
  TranscriptRequest,
  TranscriptResponse,
} from './types.ts'
import { FIELD_NAME, FIRST_LINE, MARKS, TOKEN } from './write.ts'

const KINDS = new Map(Object.entries(MARKS).map(([of, mark]) => [mark, of as Part['of']]))
const SOURCES = ['socket', 'fetch', 'document'] as const
const ENDS = ['complete', 'cut', 'aborted'] as const

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads the text of a transcript.
 *
 * @throws {@link TranscriptError} with the number of the line that is wrong
 *
 * @example
 * ```ts
 * import { bodyOf, readTranscript } from '@tesserae/testkit/transcript'
 *
 * const transcript = readTranscript(`tesserae transcript 1
 * title: An event, cut in two
 *
 * === response: document
 * @ 0
 * | data: Hel
 * @ 0.5
 * | lo␊
 * | ␊
 * @ 0.5 complete
 * `)
 * transcript.response.reads.length // => 2
 * new TextDecoder().decode(bodyOf(transcript)) // => 'data: Hello\n\n'
 * ```
 */
export function readTranscript(text: string): Transcript {
  const lines = new Lines(text)
  readFirstLine(lines)
  const title = readTitle(lines)
  const provenance = readProvenance(lines)
  const request = lines.take('=== request') ? readRequest(lines) : undefined
  const response = readResponse(lines)
  const meaning = lines.take('=== meaning') ? readMeaning(lines) : undefined
  if (lines.next !== undefined) throw lines.unexpected('the end of the file')
  return {
    title,
    provenance,
    ...(request === undefined ? {} : { request }),
    response,
    ...(meaning === undefined ? {} : { meaning }),
  }
}

function readFirstLine(lines: Lines): void {
  const line = lines.next
  // A byte order mark, or the CR of a file that was converted, would otherwise make it look like another format.
  lines.text(line ?? '')
  if (line?.startsWith('tesserae transcript ') && line !== FIRST_LINE) {
    throw lines.error('unknown-version', 'This version of the format is not known here; 1 is.')
  }
  if (line !== FIRST_LINE)
    throw lines.error('not-a-transcript', `A transcript begins with "${FIRST_LINE}".`)
  lines.skip()
}

function readTitle(lines: Lines): string {
  if (!lines.next?.startsWith('title:'))
    throw lines.error('invalid-field', 'The title belongs here, as "title: …".')
  return readField(lines)[1]
}

function readProvenance(lines: Lines): Record<string, string> {
  const fields: [string, string][] = []
  while (!lines.atBlank) {
    const [name, value] = readField(lines, 'provenance')
    if (fields.some(([other]) => other === name)) {
      throw lines.errorBefore('invalid-field', `The field "${name}" is there twice.`)
    }
    fields.push([name, value])
  }
  return Object.fromEntries(fields)
}

function readField(
  lines: Lines,
  of: 'provenance' | 'header' = 'provenance',
): [name: string, value: string] {
  const line = lines.next ?? ''
  const colon = line.indexOf(':')
  const name = line.slice(0, colon)
  const wellFormed = colon > 0 && (line[colon + 1] === ' ' || line.length === colon + 1)
  if (!wellFormed || !(of === 'header' ? TOKEN : FIELD_NAME).test(name)) {
    throw lines.error('invalid-field', `A ${of} field belongs here, as "name: value".`)
  }
  const value = lines.text(line.slice(colon + 2))
  lines.skip()
  return [name, value]
}

function readRequest(lines: Lines): TranscriptRequest {
  const line = lines.next ?? ''
  const space = line.indexOf(' ')
  if (space < 1 || space === line.length - 1 || !TOKEN.test(line.slice(0, space))) {
    throw lines.unexpected('the method and the target of the request')
  }
  const target = lines.text(line.slice(space + 1))
  lines.skip()
  const headers: [string, string][] = []
  while (!lines.atBlank) headers.push(readField(lines, 'header'))
  return { method: line.slice(0, space), target, headers, body: readBody(lines) }
}

function readBody(lines: Lines): Uint8Array {
  if (lines.atSection) return new Uint8Array(0)
  lines.skip()
  if (!lines.next?.startsWith('> ')) return encoder.encode(JSON.stringify(readJson(lines)))
  const parts: Uint8Array[] = []
  while (!lines.atBlank) {
    if (!lines.next?.startsWith('> '))
      throw lines.unexpected('a line of the body, with ">" and a space in front')
    parts.push(lines.bytes(lines.next.slice(2)))
    lines.skip()
  }
  return concat(parts)
}

function readResponse(lines: Lines): TranscriptResponse {
  const source = SOURCES.find((name) => lines.take(`=== response: ${name}`))
  if (source === undefined)
    throw lines.unexpected(`"=== response: " and one of ${SOURCES.join(', ')}`)
  const reads: Read[] = []
  while (true) {
    const { at, end } = readTime(lines, reads.at(-1)?.at ?? 0)
    if (end !== undefined) return { source, reads, end: { at, ...end } }
    reads.push({ at, parts: readParts(lines) })
  }
}

/** `@ 4.2`, or with more after it, `@ 5.9 complete`: the end. */
function readTime(lines: Lines, last: number): { at: number; end?: Pick<End, 'how' | 'why'> } {
  if (lines.next === undefined || lines.atBlank) {
    throw lines.error('missing-end', 'A response closes with a line such as "@ 5.9 complete".')
  }
  const [, digits, , how, , why = ''] = /^@ (\S+)( (\w+)(: (.+))?)?$/.exec(lines.next) ?? []
  if (digits === undefined) throw lines.unexpected('"@" and a time')
  const at = Number(digits)
  if (!Number.isFinite(at) || String(at) !== digits || at < last) {
    throw lines.error(
      'invalid-time',
      `A time is a number in its shortest form, here from ${last} up.`,
    )
  }
  if (how === undefined) {
    lines.skip()
    return { at }
  }
  const known = ENDS.find((end) => end === how)
  if (known === undefined) throw lines.unexpected(`one of ${ENDS.join(', ')} after the time`)
  const end = { how: known, why: lines.text(why) }
  lines.skip()
  return { at, end }
}

function readParts(lines: Lines): Part[] {
  const parts: { of: Part['of']; bytes: Uint8Array[] }[] = []
  while (lines.next !== undefined && !lines.atBlank && !lines.next.startsWith('@')) {
    const of = KINDS.get(lines.next.slice(0, 1))
    if (of === undefined || lines.next[1] !== ' ' || lines.next.length < 3) {
      throw lines.unexpected(`"<", "#" or "|", a space, and what arrived, or "@" and a time`)
    }
    const bytes = lines.bytes(lines.next.slice(2))
    const last = parts.at(-1)
    if (last?.of === of) last.bytes.push(bytes)
    else parts.push({ of, bytes: [bytes] })
    lines.skip()
  }
  return parts.map(({ of, bytes }) => ({ of, bytes: concat(bytes) }))
}

function readMeaning(lines: Lines): Meaning {
  const start = lines.number
  const value = readJson(lines)
  if (
    typeof value !== 'object' ||
    value === null ||
    !('kind' in value) ||
    typeof value.kind !== 'string'
  ) {
    throw new TranscriptError('invalid-json', 'A meaning is an object with a "kind".', start)
  }
  return value as unknown as Meaning
}

/** Up to the next section. */
function readJson(lines: Lines): unknown {
  const start = lines.number
  const text: string[] = []
  while (!lines.atBlank) {
    // Nothing is written in signs here, but what must not stand in a file must not stand here either.
    lines.text(lines.next ?? '')
    text.push(lines.next ?? '')
    lines.skip()
  }
  try {
    return JSON.parse(text.join('\n'))
  } catch {
    throw new TranscriptError(
      'invalid-json',
      'JSON belongs here, up to the next section, without blank lines.',
      start,
    )
  }
}

/** The lines of the file, and which of them is next. */
class Lines {
  readonly #lines: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  /** The next line; `undefined` at the end of the file, which is after a line feed. */
  get next(): string | undefined {
    const last = this.#lines.length - 1
    return this.#at > last || (this.#at === last && this.#lines[last] === '')
      ? undefined
      : this.#lines[this.#at]
  }

  /** Counted from 1. */
  get number(): number {
    return this.#at + 1
  }

  /** A blank line or the end: nothing more of this group. */
  get atBlank(): boolean {
    return this.next === undefined || this.next === ''
  }

  /** A blank line with a section after it, or the end. */
  get atSection(): boolean {
    return (
      this.next === undefined ||
      (this.next === '' && this.#lines[this.#at + 1]?.startsWith('===') === true)
    )
  }

  skip(): void {
    this.#at++
  }

  /** Goes past a section's first line and the blank one before it, if they are next. */
  take(line: string): boolean {
    if (this.next !== '' || this.#lines[this.#at + 1] !== line) return false
    this.#at += 2
    return true
  }

  bytes(signs: string): Uint8Array {
    return fromSigns(signs, this.number)
  }

  text(signs: string): string {
    try {
      return decoder.decode(this.bytes(signs))
    } catch (error) {
      if (error instanceof TranscriptError) throw error
      throw this.error(
        'invalid-sign',
        'The bytes that this line stands for are not UTF-8, and text was expected.',
      )
    }
  }

  error(code: TranscriptErrorCode, message: string): TranscriptError {
    return new TranscriptError(code, message, this.number)
  }

  errorBefore(code: TranscriptErrorCode, message: string): TranscriptError {
    return new TranscriptError(code, message, this.#at)
  }

  /** Names the line of a section, not the blank line before it. */
  unexpected(expected: string): TranscriptError {
    const blank = this.next === '' && this.#lines[this.#at + 1] !== undefined
    const line = blank ? this.number + 1 : this.number
    return new TranscriptError(
      'unexpected-line',
      `${expected[0]?.toUpperCase()}${expected.slice(1)} belongs here.`,
      line,
    )
  }
}
