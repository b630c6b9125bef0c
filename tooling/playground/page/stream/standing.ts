import { SseError } from '@tesserae/parser'
import { TooLong } from './fetch-stream.ts'
import type { ModelStreamError } from '@tesserae/openai'
import type { Outcome } from './message-log.ts'
import type { Recording } from './recording.ts'
import { otherApis } from './scenes.ts'

/** How it stands with a stream, for people. */
export interface Standing {
  readonly tone: 'idle' | 'live' | 'good' | 'bad'
  readonly title: string
  /** What happened and what to do, in the words of the typed errors, with their codes. */
  readonly reasons: readonly Reason[]
}

interface Reason {
  readonly code?: string | undefined
  readonly sentence: string
}

const REASONS: Readonly<Record<string, string>> = {
  error: 'the stream failed',
  aborted: 'it was given up',
  'no-end': 'the stream ended without a finish reason and without [DONE]',
  'no-finish-reason': 'a choice has no finish reason, and there was no [DONE]',
  'open-json': 'the arguments of a tool call are open',
}

/** How a stream ended. */
export function standingOf(recording: Recording, outcome: Outcome, isOwnUrl: boolean): Standing {
  const { failure, result } = outcome
  const { tape, events, refusal, settings } = recording
  if (result?.verdict.complete && !failure) return standingOfWhole(result.message.choices)
  const api = otherApis[settings.dialect]
  const isRead = tape.end?.how === 'closed' && !refusal && events.verdict?.complete === true
  if (api !== undefined && isRead) {
    const sentence = `This is ${api}: its events are here, but a message is put together from chat completions alone.`
    return { tone: 'idle', title: 'Read to its end', reasons: [{ sentence }] }
  }
  const reasons = failure ? reasonsOf(recording, failure, isOwnUrl) : []
  if (refusal) reasons.push({ code: refusal.code, sentence: refusal.message })
  if (events.verdict?.complete === false && tape.end?.how === 'closed') {
    const { bytes } = events.verdict
    reasons.push({ sentence: `The parser had ${bytes} bytes of an event that never ended.` })
  }
  return { tone: 'bad', title: titleOf(recording, outcome), reasons }
}

function standingOfWhole(choices: readonly { finish_reason: string | null }[]): Standing {
  const cut = choices.find(({ finish_reason: reason }) =>
    ['length', 'content_filter'].includes(reason ?? ''),
  )
  const title = cut ? `Complete, cut by ${cut.finish_reason}` : 'Complete'
  const sentence = cut
    ? 'The server ended it early, and says so.'
    : 'The message is what the server meant to send.'
  return { tone: 'good', title, reasons: [{ sentence }] }
}

/** The closest reason first. */
function reasonsOf(
  { tape, settings }: Recording,
  failure: ModelStreamError,
  isOwnUrl: boolean,
): Reason[] {
  const reasons: Reason[] = []
  const { cause, code, message, error } = failure
  if (cause instanceof TypeError) {
    const wasOpen = Number.isFinite(settings.headAt)
    reasons.push({ sentence: connectionSentence(wasOpen, tape.length > 0, isOwnUrl) })
  }
  if (cause instanceof SseError) reasons.push({ code: cause.code, sentence: cause.message })
  else if (cause instanceof TooLong) reasons.push({ sentence: cause.message })
  reasons.push({ code, sentence: message })
  if (error) {
    const words = error.message || error.type || 'nothing more'
    reasons.push({ code: error.code?.toString(), sentence: `The server says: ${words}` })
  }
  if (tape.end?.how === 'closed' && tape.length === 0)
    reasons.push({ sentence: `The response has status ${settings.status}, and its body is empty.` })
  return reasons
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
  if (failure?.code === 'interrupted')
    return Number.isFinite(settings.headAt) ? 'The connection broke' : 'Nothing came back'
  const reason = verdict?.complete === false ? verdict.reason : undefined
  // The error says the same in its own words.
  return reason && !failure ? `Incomplete: ${REASONS[reason]}` : 'Incomplete'
}

function connectionSentence(wasOpen: boolean, hasBytes: boolean, isOwnUrl: boolean): string {
  if (wasOpen)
    return hasBytes
      ? 'The connection was lost in the middle of the body. What had come is kept.'
      : 'The connection was lost before the browser had handed on any of the body.'
  return isOwnUrl
    ? 'Nothing came back. Either nobody answers at this address, or the server there does not let other pages read its ' +
        'answers (CORS): it would have to send the header access-control-allow-origin.'
    : 'The server of this page does not answer: see whether it still runs, and play again.'
}

/** What a verdict's reason means, in words. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason
}
