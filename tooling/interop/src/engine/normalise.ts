// A recording as lines of text in which nothing is left that differs from run to run, so that two can be compared.

import { bodyOf, headOf, type Meaning, type Transcript } from '@tesserae/testkit/transcript'
import { referenceParse } from '@tesserae/testkit'

/** Fields whose value is the run's and not the engine's. */
const VARYING: ReadonlySet<string> = new Set(
  [
    'created created_at completed_at time_ms',
    // The engine's build; its change is reported once, not in every line.
    'system_fingerprint',
    // The same model gives slightly other numbers on another processor.
    'logprob',
    // What is still known of an earlier request depends on which came before.
    'cached_tokens cache_read_input_tokens input_tokens cache cache_n prompt_n',
    'processed tokens_cached id_slot',
  ].flatMap((names) => names.split(' ')),
)
const RANDOM_ID = /[A-Za-z0-9]{32}/g

/** Everything about a recording that should not change: the request, the head, each event, the end, the meaning. */
export function exactLines(transcript: Transcript): string[] {
  const body = bodyOf(transcript)
  const { events, comments } = referenceParse(body)
  const isStream = events.length + comments.length > 0
  const texts = isStream
    ? events.map(({ event, data }) => eventLine(event, changed(data, settled)))
    : [changed(decoded(body), settled)]
  return [...aroundLines(transcript), ...texts, ...meaningLines(transcript.meaning)]
}

/**
 * What is left of a recording when its words are left out: the kinds of events, each once, in the order of their first
 * sight. For what is sampled, or cut where the moment would have it.
 */
export function shapeLines(transcript: Transcript): string[] {
  const { events, comments } = referenceParse(bodyOf(transcript))
  const kinds = events.map(({ event, data }) => eventLine(event, changed(data, shape)))
  const pings = comments.length > 0 ? ['comments'] : []
  const { kind, streamed, ended } = transcript.meaning ?? {}
  return [
    ...aroundLines(transcript),
    ...new Set(kinds),
    ...pings,
    JSON.stringify({ kind, streamed, ended }),
  ]
}

function aroundLines(transcript: Transcript): string[] {
  const { request, response } = transcript
  const { status, statusText, headers = [] } = headOf(transcript) ?? {}
  return [
    transcript.title,
    `${request?.method} ${request?.target}`,
    decoded(request?.body),
    `${status} ${statusText}`,
    ...headers.map(([name, value]) => `${name}: ${name === 'Content-Length' ? '<number>' : value}`),
    `end: ${response.end.how}`,
  ]
}

/** Field by field, so that a difference is short. */
export function meaningLines(meaning: Meaning | undefined): string[] {
  const lines = (value: unknown, path: string): string[] =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([name, item]) => lines(item, `${path}.${name}`))
      : [`${path}: ${JSON.stringify(value)}`]
  return lines(JSON.parse(JSON.stringify(meaning ?? null), settled), 'meaning')
}

function eventLine(event: string | undefined, data: string): string {
  return event === undefined ? data : `${event}: ${data}`
}

/** JSON with each of its values changed, the inner ones first; other texts as they are. */
function changed(data: string, change: (name: string, value: unknown) => unknown): string {
  try {
    return JSON.stringify(JSON.parse(data, change))
  } catch {
    return data
  }
}

function settled(name: string, value: unknown): unknown {
  if (VARYING.has(name) && value !== null && typeof value !== 'object') return '<varies>'
  // Which tokens came near is as close a race as their probabilities.
  if (name === 'top_logprobs' && Array.isArray(value)) return `<${value.length} tokens>`
  if (name === 'timings') return JSON.parse(JSON.stringify(value), shape)
  return typeof value === 'string' ? value.replaceAll(RANDOM_ID, '<id>') : value
}

/** Only the type of each value. */
function shape(_: string, value: unknown): unknown {
  return typeof value === 'object' ? value : typeof value
}

function decoded(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}
