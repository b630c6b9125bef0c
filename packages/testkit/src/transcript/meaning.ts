// What a recorded response means, found the plain way: take the events that the standard dispatches, parse each, and
// put the fragments together in the order they came. No dialect is repaired; this is what others are held to.

import { referenceParse } from '../reference/parse.ts'
import type { Loose } from './choices.ts'
import { DOCUMENTS } from './documents.ts'
import { bodyOf, headOf } from './replay.ts'
import { STREAMS } from './streams.ts'
import type { Meaning, MeaningKind, Transcript } from './types.ts'
import type { ReferenceEvent, ReferenceResult } from '../types.ts'
import { referenceDecode } from '../reference/decode-utf8.ts'

/** The path of the request names the dialect. */
const PATHS: readonly (readonly [RegExp, MeaningKind])[] = [
  [/\/chat\/completions$/, 'chat'],
  [/\/completions$/, 'completion'],
  [/\/completion$/, 'llama-completion'],
  [/\/responses$/, 'responses'],
  [/\/messages$/, 'messages'],
  [/:streamGenerateContent$/, 'gemini'],
  [/\/api\/chat$/, 'ollama'],
]

/**
 * Says what a transcript's response means, as its dialect has it. A body that is not as its dialect would have it is
 * described as what it is: as plain `events`, as `json` or as `text`.
 *
 * @example
 * ```ts
 * import { loadRecording } from '@tesserae/testkit/recordings'
 * import { meaningOf } from '@tesserae/testkit/transcript'
 *
 * const { kind, events, choices } = meaningOf(loadRecording('llama-server/plain'))
 * console.log(kind, events) // => chat 12
 * console.log(choices?.[0]?.content) // => Hello! How can I help you today?
 * ```
 */
export function meaningOf(transcript: Transcript): Meaning {
  const bytes = bodyOf(transcript)
  if (bytes.length === 0) return { kind: 'empty', streamed: false }
  const path = transcript.request?.target.split('?')[0] ?? ''
  const dialect = PATHS.find(([pattern]) => pattern.test(path))?.[1]
  const text = referenceDecode(bytes)

  const lines = dialect === 'ollama' ? text.trimEnd().split('\n').map(parsed) : []
  if (lines.length > 0 && lines.every((line) => line?.done !== undefined))
    return linesMeaning(lines)
  const value = parsed(text)
  if (value !== undefined) return documentMeaning(dialect, value)
  const type = headOf(transcript)?.headers.find(
    ([name]) => name.toLowerCase() === 'content-type',
  )?.[1]
  const stream = referenceParse(bytes)
  const { events, comments, pending } = stream
  const somethingCame = events.length + comments.length + (pending?.fields.length ?? 0) > 0
  if (!somethingCame && !type?.startsWith('text/event-stream'))
    return { kind: 'text', streamed: false, text }
  return streamMeaning(dialect, stream)
}

function documentMeaning(dialect: MeaningKind | undefined, value: Loose): Meaning {
  if (value.error) return { kind: 'error', streamed: false, error: value.error }
  const read = dialect && DOCUMENTS[dialect]
  const answer = read && unlessOtherwise(() => read(value))
  if (answer === undefined || dialect === undefined) return { kind: 'json', streamed: false }
  return { kind: dialect, streamed: false, ...answer }
}

function linesMeaning(lines: readonly Loose[]): Meaning {
  return { kind: 'ollama', streamed: true, events: lines.length, ...STREAMS.ollama?.(lines) }
}

function streamMeaning(
  dialect: MeaningKind | undefined,
  { events, comments, pending }: ReferenceResult,
): Meaning {
  const counts = {
    streamed: true,
    events: events.length,
    ...(comments.length === 0 ? {} : { comments: comments.length }),
    ...(pending === undefined ? {} : { pending: pending.bytes }),
  }
  const values = events.filter(({ data }) => data !== '[DONE]').map(({ data }) => parsed(data))
  const read = dialect && STREAMS[dialect]
  const answer =
    read && !values.includes(undefined) ? unlessOtherwise(() => read(values)) : undefined
  if (answer === undefined || dialect === undefined) {
    return { kind: 'events', ...counts, list: events.map(withoutAbsent) }
  }

  const error = values.find((value) => value.error)?.error
  const { choices = [], ended = 'unfinished', ...rest } = answer
  const isFinished =
    choices.length > 0 && choices.every(({ finish_reason }) => finish_reason !== null)
  return {
    kind: dialect,
    ...counts,
    ended:
      events.at(-1)?.data === '[DONE]'
        ? 'done'
        : isFinished && ended !== 'done'
          ? 'finished'
          : ended,
    choices,
    ...rest,
    ...(error === undefined ? {} : { error }),
  }
}

function withoutAbsent({ event, data, id }: ReferenceEvent): {
  event?: string
  data: string
  id?: string
} {
  return { ...(event === undefined ? {} : { event }), data, ...(id === undefined ? {} : { id }) }
}

/** What the dialect says of it, or nothing when it has another shape than the dialect's. */
function unlessOtherwise<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** The object that a text is the JSON of. */
function parsed(text: string): Loose | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
