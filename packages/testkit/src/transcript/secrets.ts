import { concat } from './signs.ts'
import type { Part, Read, Transcript, TranscriptRequest } from './types.ts'
import { referenceDecode } from '../reference/decode-utf8.ts'

/** What counts as a secret, beside what always does. */
export interface Secrets {
  /** Names of header fields, of query parameters and of fields of a JSON body, in any case. */
  readonly names?: readonly string[] | undefined
  /** What a secret looks like, wherever it stands; matched against bytes read as Latin-1. */
  readonly patterns?: readonly RegExp[] | undefined
}

const REMOVED = '[removed]'
const MASK = 0x2a

/** A value this short may be an ordinary word elsewhere, and is only removed where its name says that it is secret. */
const SHORTEST_HUNTED = 8

/** Names anywhere, in words of lower case with hyphens between them. */
const SECRET_NAME =
  /(^|-)(api-?key|access-?key(-id)?|subscription-?key|private-?key|secret|passw(or)?d|credentials?|authorization|cookie|(access|auth|bearer|id|refresh|security|session)-?token)($|-)/
/** Whole names, squeezed. Of header fields: who pays is private too. */
const HEADERS: ReadonlySet<string> = new Set([
  'openaiorganization',
  'openaiproject',
  'anthropicorganizationid',
  'xgooguserproject',
  'token',
  'xtoken',
])
const PARAMETERS: ReadonlySet<string> = new Set([
  'key',
  'token',
  'code',
  'sig',
  'signature',
  'xamzsignature',
])
const BODY_FIELDS: ReadonlySet<string> = new Set(['token'])

const encoder = new TextEncoder()

/**
 * The transcript without credentials: header fields such as `Authorization`, `X-Api-Key` and `Set-Cookie`, query
 * parameters such as `key`, JSON fields such as `api_key`, and those values wherever else they are repeated.
 *
 * In the request, `[removed]` takes the place of each. In the response, as many asterisks as it had bytes do, so that
 * sizes of chunks stay true. The provenance says under `removed` what was removed. `record` and `recordFetch` of
 * the recorder do all this by themselves.
 *
 * A secret that the server sends back in pieces, a few characters in each event, or in a compressed body, is not found.
 *
 * @example
 * ```ts
 * import { readTranscript, withoutSecrets, writeTranscript } from '@tesserae/testkit/transcript'
 *
 * const transcript = readTranscript(`tesserae transcript 1
 * title: A key that is repeated
 *
 * === request
 * GET /stream
 * authorization: Bearer sk-12345678
 *
 * === response: document
 * @ 0
 * | : no such key: sk-12345678␊
 * @ 0 complete
 * `)
 * const lines = writeTranscript(withoutSecrets(transcript)).split('\n')
 * console.log(lines[2]) // => removed: request header authorization, 1 repetition
 * console.log(lines[6]) // => authorization: [removed]
 * console.log(lines[10]) // => | : no such key: ***********␊
 * ```
 */
export function withoutSecrets(transcript: Transcript, secrets: Secrets = {}): Transcript {
  const search = new Search(secrets)
  const { request, response, meaning } = transcript
  // First every place that is secret by its name, then, knowing the values, every other place.
  const named = request === undefined ? undefined : search.removeNamed(request)
  const reads = search.maskHeaders(response.reads)
  const cleaned: Transcript = {
    ...transcript,
    title: search.removeFound(transcript.title),
    provenance: search.removeFoundIn(transcript.provenance),
    ...(named === undefined ? {} : { request: search.removeFoundInRequest(named) }),
    response: { ...response, reads: search.maskFound(reads) },
    ...(meaning === undefined ? {} : { meaning: search.removeFoundIn(meaning) }),
  }
  const removed = search.report()
  return removed === '' ? cleaned : { ...cleaned, provenance: { ...cleaned.provenance, removed } }
}

class Search {
  readonly #names: ReadonlySet<string>
  readonly #patterns: readonly RegExp[]
  readonly #values = new Set<string>()
  readonly #removed: string[] = []
  #repetitions = 0

  constructor({ names = [], patterns = [] }: Secrets) {
    this.#names = new Set(names.map(squeezed))
    this.#patterns = patterns.map(
      ({ source, flags }) => new RegExp(source, flags.includes('g') ? flags : `${flags}g`),
    )
  }

  removeNamed({ method, target, headers, body }: TranscriptRequest): TranscriptRequest {
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
    const [path = '', query] = splitOnce(target, '?')
    return {
      method,
      target:
        query === undefined ? path : `${path}?${this.#removeParameters(query, 'query parameter')}`,
      headers: headers.map(([name, value]) => [name, this.#removeHeader(name, value)] as const),
      body: type.startsWith('application/x-www-form-urlencoded')
        ? encoder.encode(this.#removeParameters(referenceDecode(body), 'body field'))
        : this.#removeJsonFields(body),
    }
  }

  maskHeaders(reads: readonly Read[]): readonly Read[] {
    return masked(reads, 'head', (head) => {
      const spans: [number, number][] = []
      for (const { 0: line, 1: name = '', index } of head.matchAll(
        /^([^:\r\n]+):[ \t]*([^\r\n]*)/gm,
      )) {
        const value = line.slice(name.length + 1).trim()
        if (value === '' || !this.#isSecretHeader(name)) continue
        this.#found(`response header ${name.toLowerCase()}`, value)
        this.#huntPairs(value)
        spans.push([index + line.indexOf(value, name.length + 1), value.length])
      }
      return spans
    })
  }

  maskFound(reads: readonly Read[]): readonly Read[] {
    const kinds = ['head', 'frame', 'body'] as const
    return kinds.reduce((cleaned, of) => masked(cleaned, of, (text) => this.#spansIn(text)), reads)
  }

  removeFound(text: string): string {
    let cleaned = ''
    let end = 0
    for (const [start, length] of this.#spansIn(text)) {
      if (start < end) continue
      cleaned += text.slice(end, start) + REMOVED
      end = start + length
    }
    return cleaned + text.slice(end)
  }

  /** In every string of a JSON value. */
  removeFoundIn<T>(value: T): T {
    return mapStrings(value, (text) => this.removeFound(text)) as T
  }

  removeFoundInRequest({ method, target, headers, body }: TranscriptRequest): TranscriptRequest {
    const text = latin1(body)
    const cleaned = this.removeFound(text)
    return {
      method,
      target: this.removeFound(target),
      headers: headers.map(([name, value]) => [name, this.removeFound(value)] as const),
      body:
        cleaned === text ? body : Uint8Array.from(cleaned, (character) => character.charCodeAt(0)),
    }
  }

  report(): string {
    const repetitions =
      this.#repetitions === 0
        ? []
        : [this.#repetitions === 1 ? '1 repetition' : `${this.#repetitions} repetitions`]
    return [...new Set(this.#removed), ...repetitions].join(', ')
  }

  #isSecret(name: string): boolean {
    return SECRET_NAME.test(inWords(name)) || this.#names.has(squeezed(name))
  }

  #isSecretHeader(name: string): boolean {
    return this.#isSecret(name) || HEADERS.has(squeezed(name))
  }

  #removeHeader(name: string, value: string): string {
    if (!this.#isSecretHeader(name) || value === '') return value
    this.#found(`request header ${name.toLowerCase()}`, value)
    // `Bearer sk-…` is repeated without its scheme, and a cookie without its name.
    for (const part of value.split(/[;,]?\s+/)) this.#hunt(part)
    this.#huntPairs(value)
    return REMOVED
  }

  #removeParameters(query: string, what: string): string {
    return query
      .split('&')
      .map((parameter) => {
        const [name = '', value] = splitOnce(parameter, '=')
        const plain = percentDecoded(name)
        if (!value || !(this.#isSecret(plain) || PARAMETERS.has(squeezed(plain)))) return parameter
        this.#found(`${what} ${plain}`, percentDecoded(value))
        this.#hunt(value)
        return `${name}=${REMOVED}`
      })
      .join('&')
  }

  #removeJsonFields(body: Uint8Array): Uint8Array {
    let value: unknown
    try {
      value = JSON.parse(referenceDecode(body))
    } catch {
      return body
    }
    const before = this.#removed.length
    const cleaned = this.#withoutFields(value)
    return this.#removed.length === before ? body : encoder.encode(JSON.stringify(cleaned))
  }

  #withoutFields(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#withoutFields(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const secret = this.#isSecret(name) || BODY_FIELDS.has(squeezed(name))
        // An object under such a name is a schema or a setting; what is secret is text.
        if (!secret || (typeof item !== 'string' && typeof item !== 'number'))
          return [name, this.#withoutFields(item)]
        this.#found(`body field ${name}`, String(item))
        return [name, REMOVED]
      }),
    )
  }

  #found(where: string, value: string): void {
    this.#removed.push(where)
    this.#hunt(value)
  }

  /** The values of `name=value; name=value`. */
  #huntPairs(value: string): void {
    for (const pair of value.split(/[;,]\s*/)) this.#hunt(pair.slice(pair.indexOf('=') + 1))
  }

  #hunt(value: string): void {
    const trimmed = value.trim()
    if (trimmed.length < SHORTEST_HUNTED) return
    for (const form of [trimmed, percentEncoded(trimmed), JSON.stringify(trimmed).slice(1, -1)]) {
      this.#values.add(latin1(encoder.encode(form)))
      this.#values.add(form)
    }
  }

  /** Where something secret stands, in order; found places may overlap. */
  #spansIn(text: string): [start: number, length: number][] {
    const spans: [number, number][] = []
    for (const value of this.#values) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
        spans.push([at, value.length])
    }
    for (const pattern of this.#patterns) {
      for (const match of text.matchAll(pattern))
        if (match[0] !== '') spans.push([match.index, match[0].length])
    }
    this.#repetitions += new Set(spans.map(([start]) => start)).size
    // The longer of two that start together.
    return spans.sort((one, other) => one[0] - other[0] || other[1] - one[1])
  }
}

/** Overwrites, in all bytes of one kind taken together, the spans that were found; cuts stay where they are. */
function masked(
  reads: readonly Read[],
  of: Part['of'],
  find: (text: string) => readonly (readonly [start: number, length: number])[],
): readonly Read[] {
  const bytes = concat(
    reads.flatMap(({ parts }) => parts.filter((part) => part.of === of)).map((part) => part.bytes),
  )
  const spans = find(latin1(bytes))
  if (spans.length === 0) return reads
  for (const [start, length] of spans) bytes.fill(MASK, start, start + length)
  let at = 0
  return reads.map((read) => ({
    at: read.at,
    parts: read.parts.map((part) => {
      if (part.of !== of) return part
      at += part.bytes.length
      return { of, bytes: bytes.slice(at - part.bytes.length, at) }
    }),
  }))
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapStrings(item, map)]),
  )
}

/** `apiKey` and `API_KEY` as `api-key`. */
function inWords(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()
}

/** The letters and digits alone: spellings of one name become equal. */
function squeezed(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text
  }
}

/** One character for each byte, so that offsets are those of bytes. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return text
}
