import { SseError } from '@tesserae/parser'
import { TooLong } from './fetch-stream.ts'
import type { Outcome } from './message-log.ts'
import type { Recording } from './recording.ts'

/** How it stands with a stream, for people. */
export interface Standing {
  readonly tone: 'idle' | 'live' | 'good' | 'bad'
  readonly title: string
  /** Codes of the typed errors, for machines, and as links between what is shown and the documentation. */
  readonly codes: readonly string[]
  /** What happened and what to do, in the words of the errors. */
  readonly sentences: readonly string[]
}

const REASONS: Readonly<Record<string, string>> = {
  error: 'the stream failed',
  aborted: 'it was given up',
  'no-end': 'the stream ended without a finish reason and without [DONE]',
  'no-finish-reason': 'a choice has no finish reason, and there was no [DONE]',
  'open-json': 'the arguments of a tool call are open',
}

/** What the server also plays, by the name of its API. */
const OTHER_APIS: Readonly<Record<string, string>> = {
  messages: 'the Messages API of Anthropic',
  gemini: 'the API of Gemini',
  responses: 'the Responses API',
  events: 'a stream of other events',
  'llama-completion': 'the completion API of llama.cpp',
}

/** How a stream ended. */
export function standingOf(recording: Recording, outcome: Outcome, isOwnUrl: boolean): Standing {
  const { failure, result } = outcome
  const { tape, events, refusal } = recording
  const codes: string[] = []
  const sentences: string[] = []
  const add = (code: string | undefined, sentence: string): void => {
    if (code !== undefined && !codes.includes(code)) codes.push(code)
    if (!sentences.includes(sentence)) sentences.push(sentence)
  }
  const wasNeverOpen = tape.end?.how === 'failed' && !Number.isFinite(recording.settings.headAt)
  if (failure) {
    const { cause } = failure
    if (cause instanceof SseError) add(cause.code, cause.message)
    else if (cause instanceof TooLong) add(undefined, cause.message)
    add(failure.code, failure.message)
    if (failure.error)
      add(
        failure.error.code === undefined ? undefined : String(failure.error.code),
        `The server says: ${failure.error.message || failure.error.type || 'nothing more'}`,
      )
    if (cause instanceof TypeError) add(undefined, connectionSentence(wasNeverOpen, isOwnUrl))
  }
  if (refusal) add(refusal.code, refusal.message)
  if (events.verdict?.complete === false && tape.end?.how === 'closed')
    add(undefined, `The parser had ${events.verdict.bytes} bytes of an event that never ended.`)
  if (result?.verdict.complete && !failure) {
    const cut = result.message.choices.find(({ finish_reason: reason }) =>
      ['length', 'content_filter'].includes(reason),
    )
    return {
      tone: 'good',
      title: cut ? `Complete, cut by ${cut.finish_reason}` : 'Complete',
      codes,
      sentences:
        sentences.length > 0 ? sentences : ['The message is what the server meant to send.'],
    }
  }
  const { dialect } = recording.settings
  const isRead = tape.end?.how === 'closed' && !refusal && events.verdict?.complete === true
  const api = OTHER_APIS[dialect]
  if (api !== undefined && isRead)
    return {
      tone: 'idle',
      title: 'Read to its end',
      codes: [],
      sentences: [
        `This is ${api}: its events are here, but a message is put together from chat completions alone.`,
      ],
    }
  return { tone: 'bad', title: titleOf(recording, outcome), codes, sentences }
}

function titleOf({ settings, tape }: Recording, { failure, result }: Outcome): string {
  if (tape.end?.how === 'stopped') return 'Stopped'
  const { verdict } = result ?? {}
  if (failure?.code === 'bad-response') return 'Not a stream of events'
  if (failure?.code === 'server-error')
    return settings.status > 299
      ? `Refused with status ${settings.status}`
      : 'The server sent an error'
  if (failure?.cause instanceof SseError) return 'An event beyond the limit'
  if (failure?.code === 'bad-json') return 'An event that is no JSON'
  if (failure?.code === 'interrupted') return 'The connection broke'
  const reason = verdict?.complete === false ? verdict.reason : undefined
  return reason ? `Incomplete: ${REASONS[reason]}` : 'Incomplete'
}

function connectionSentence(wasNeverOpen: boolean, isOwnUrl: boolean): string {
  if (!wasNeverOpen)
    return 'The connection was lost in the middle of the body. What had come is kept.'
  return isOwnUrl
    ? 'Nothing came back. Either nobody answers at this address, or the server there does not let other pages read its ' +
        'answers (CORS): it would have to send the header access-control-allow-origin.'
    : 'The server of this page does not answer: see whether it still runs, and play again.'
}

/** What a verdict's reason means, in words. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason
}
