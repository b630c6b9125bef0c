// A recording as lines of text in which nothing is left that differs from run to run, so that two can be compared.

import { bodyOf, headOf, type Meaning, type Transcript } from '@tesserae/testkit/transcript'
import { referenceParse } from '@tesserae/testkit'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Fields whose value is the run's and not the engine's. */
const VARYING: ReadonlyMap<string, string> = new Map([
  ['created', '<time>'],
  ['created_at', '<time>'],
  ['completed_at', '<time>'],
  ['time_ms', '<number>'],
  // The engine's build; its change is reported once, not in every line.
  ['system_fingerprint', '<build>'],
  // The same model gives slightly other numbers on another processor.
  ['logprob', '<number>'],
  // What is still known of an earlier request depends on which came before.
  ['cached_tokens', '<number>'],
  ['cache_read_input_tokens', '<number>'],
  ['input_tokens', '<number>'],
  ['cache', '<number>'],
  ['cache_n', '<number>'],
  ['prompt_n', '<number>'],
  ['processed', '<number>'],
  ['tokens_cached', '<number>'],
  ['id_slot', '<number>'],
])
const RANDOM_ID = /[A-Za-z0-9]{32}/g

/** Everything about a recording that should not change: the request, the head, each event, the end, the meaning. */
export function exactLines(transcript: Transcript): string[] {
  const body = bodyOf(transcript)
  const { events, comments } = referenceParse(body)
  const isStream = events.length + comments.length > 0
  const texts = isStream
    ? events.map(({ event, data }) => eventLine(event, lineOf(data)))
    : [lineOf(decoded(body))]
  return [...aroundLines(transcript), ...texts, ...meaningLines(transcript.meaning)]
}

/**
 * What is left of a recording when its words are left out: the kinds of events, each once, in the order of their first
 * sight. For what is sampled, or cut where the moment would have it.
 */
export function shapeLines(transcript: Transcript): string[] {
  const { events, comments } = referenceParse(bodyOf(transcript))
  const kinds = events.map(({ event, data }) => eventLine(event, shapeOf(data)))
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
  const lines = (value: Json, path: string): string[] =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([name, item]) => lines(item, `${path}.${name}`))
      : [`${path}: ${JSON.stringify(value)}`]
  return lines(settled(JSON.parse(JSON.stringify(meaning ?? null))), 'meaning')
}

function eventLine(event: string | undefined, data: string): string {
  return event === undefined ? data : `${event}: ${data}`
}

function lineOf(data: string): string {
  try {
    return JSON.stringify(settled(JSON.parse(data)))
  } catch {
    return data
  }
}

function shapeOf(data: string): string {
  try {
    return JSON.stringify(
      mapped(JSON.parse(data), (value) => (value === null ? null : typeof value)),
    )
  } catch {
    return data
  }
}

function settled(value: Json, name = ''): Json {
  const varying = VARYING.get(name)
  if (varying !== undefined && value !== null && typeof value !== 'object') return varying
  // Which tokens came near is as close a race as their probabilities.
  if (name === 'top_logprobs' && Array.isArray(value)) return `<${value.length} tokens>`
  if (name === 'timings') return mapped(value, () => '<number>')
  if (typeof value === 'string') return value.replaceAll(RANDOM_ID, '<id>')
  if (Array.isArray(value)) return value.map((item) => settled(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, settled(item, key)]))
}

function mapped(value: Json, leaf: (value: Json) => Json): Json {
  if (Array.isArray(value)) return value.map((item) => mapped(item, leaf))
  if (typeof value !== 'object' || value === null) return leaf(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, leaf)]))
}

function decoded(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}
