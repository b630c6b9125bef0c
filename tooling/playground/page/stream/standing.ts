import { SseError } from '@tesserae/parser'
import { ForwarderError, TooLong } from './fetch-errors.ts'
import type { Failure, Outcome } from './message-log.ts'
import { protocolNames } from './protocol.ts'
import type { Recording } from './recording.ts'

/** The state of a stream, for people. */
export interface Standing {
  readonly tone: 'idle' | 'live' | 'good' | 'bad'
  readonly title: string
  /** What happened and what to do. */
  readonly reasons: readonly Reason[]
}

export interface Reason {
  readonly code?: string | undefined
  readonly sentence: string
}

const REASONS: Readonly<Record<string, string>> = {
  error: 'the stream failed',
  aborted: 'reading was stopped',
  'no-end': 'the stream ended without its closing event',
  'no-finish-reason': 'a choice has no finish reason, and the closing event is missing',
  'open-json': 'the arguments of a tool call are not closed',
}

/** Why a choice that the server ended early is not whole. */
const EARLY = [
  'length',
  'content_filter',
  'max_tokens',
  'MAX_TOKENS',
  'SAFETY',
  'max_output_tokens',
]

/** How a stream ended. */
export function standingOf(recording: Recording, outcome: Outcome, isOwnUrl: boolean): Standing {
  const { failure, verdict } = outcome
  const { tape, events, refusal, protocol } = recording
  if (tape.end?.how === 'stopped') return standingOfStopped(recording)
  const isRead = tape.end?.how === 'closed' && !refusal && events.verdict?.complete === true
  if (verdict?.complete && !failure && !refusal) return standingOfWhole(recording)
  if (protocol === 'events' && isRead && !failure && !events.failure)
    return standingOfEvents(recording)
  const reasons =
    refusal === undefined
      ? failureReasons(recording, failure, isOwnUrl)
      : [refusalReason(recording), ...errorReasons(failure)]
  if (events.failure && !reasons.some(({ code }) => code === events.failure?.error.code))
    reasons.unshift({ code: events.failure.error.code, sentence: events.failure.error.message })
  if (events.verdict?.complete === false && tape.end?.how === 'closed')
    reasons.push({
      sentence: `The last ${events.verdict.bytes} bytes belong to an event that never ended.`,
    })
  return { tone: 'bad', title: titleOf(recording, outcome), reasons }
}

/** A stream that the user stopped did not fail: what had come is as good as before. */
function standingOfStopped({ tape }: Recording): Standing {
  const sentence =
    tape.length === 0
      ? 'You stopped it before anything came.'
      : 'You stopped reading. Everything that came before is kept.'
  return { tone: 'idle', title: 'Stopped', reasons: [{ sentence }] }
}

function standingOfWhole({ message, protocol }: Recording): Standing {
  const cut = message.finishes.find(({ reason }) => EARLY.includes(reason))
  if (cut)
    return {
      tone: 'good',
      title: `Complete, ended early: ${cut.reason}`,
      reasons: [{ sentence: 'The stream is whole. The server stopped the answer before its end.' }],
    }
  const name = protocolNames[protocol ?? 'chat']
  return {
    tone: 'good',
    title: 'Complete',
    reasons: [{ sentence: `${name}: the message is whole, and the server closed it.` }],
  }
}

function standingOfEvents({ events }: Recording): Standing {
  const count = events.entries.filter(({ kind }) => kind === 'event').length
  const sentence =
    count === 0
      ? 'The stream ended without an event.'
      : 'Plain events: the parser read all of them. There is no message to put together.'
  return { tone: count === 0 ? 'idle' : 'good', title: 'Read to its end', reasons: [{ sentence }] }
}

/** In words for a page: the errors of the package address code. */
function refusalReason({ refusal, settings }: Recording): Reason {
  const { status, contentType } = settings
  const sentence =
    settings.timing === 'none' && settings.headers.length === 0
      ? `This is ${contentType}, not a stream of events. It is under Bytes.`
      : refusal?.code === 'bad-status'
        ? `The server answered with status ${status} instead of a stream. Its answer is under Bytes.`
        : `The server answered with ${contentType || 'no content type'} instead of text/event-stream. Its answer is under Bytes.`
  return { code: refusal?.code, sentence }
}

/** The closest reason first. */
function failureReasons(
  { tape, settings }: Recording,
  failure: Failure | undefined,
  isOwnUrl: boolean,
): Reason[] {
  if (!failure) return []
  const { cause, code, error } = failure
  if (cause instanceof ForwarderError) return [{ code: cause.code, sentence: cause.message }]
  if (cause instanceof SseError) return [{ code: cause.code, sentence: cause.message }]
  if (cause instanceof TooLong) return [{ sentence: cause.message }]
  if (cause instanceof TypeError) {
    const wasOpen = Number.isFinite(settings.headAt)
    return [{ code, sentence: connectionSentence(wasOpen, tape.length > 0, isOwnUrl) }]
  }
  if (error) return errorReasons(failure)
  if (tape.end?.how === 'closed' && tape.length === 0)
    return [{ sentence: `The response has status ${settings.status}, and its body is empty.` }]
  return [{ code, sentence: sentenceOf(failure) }]
}

/** A failure in words for a page: the packages' own sentences address code. */
const SENTENCES: Readonly<Record<string, string>> = {
  aborted: 'Reading was stopped.',
  'bad-json': 'The data of an event is not JSON. It is under Events, as it came.',
  'bad-response': 'The body is not a stream of events. It is under Bytes.',
  incomplete: 'The stream ended before its message did. What came is kept.',
  interrupted: 'Reading the stream failed. What came before is kept.',
}

export function sentenceOf({ code, message }: Failure): string {
  return SENTENCES[code] ?? message
}

/** What the server said itself. */
function errorReasons(failure: Failure | undefined): Reason[] {
  const { error, code } = failure ?? {}
  if (!error) return []
  const words = error.message || error.type || 'nothing more'
  const sentence = `The server sent an error: ${words}`
  return [{ code: (error.code ?? error.type)?.toString() ?? code, sentence }]
}

function titleOf({ settings, events, refusal }: Recording, { failure, verdict }: Outcome): string {
  const isRefused = settings.status > 299
  if (isRefused) return `Refused with status ${settings.status}`
  if (failure?.code === 'server-error') return 'The server sent an error'
  if (refusal || failure?.code === 'bad-response') return 'Not a stream of events'
  if (failure?.cause instanceof SseError || events.failure) return 'An event beyond the limit'
  if (failure?.code === 'bad-json') return 'An event is not valid JSON'
  if (failure?.cause instanceof ForwarderError) return 'The server could not be reached'
  if (failure?.code === 'interrupted')
    return Number.isFinite(settings.headAt) ? 'The connection broke' : 'Nothing came back'
  const reason = verdict?.complete === false ? verdict.reason : undefined
  return reason && !failure ? `Incomplete: ${reasonInWords(reason)}` : 'Incomplete'
}

function connectionSentence(wasOpen: boolean, hasBytes: boolean, isOwnUrl: boolean): string {
  if (wasOpen)
    return hasBytes
      ? 'The connection was lost in the middle of the body. Everything that came before is kept.'
      : 'The connection was lost before any of the body came.'
  return isOwnUrl
    ? 'The request did not get through. Turn on "Send through the local server", or check that the server allows other pages (CORS).'
    : 'The server of this page does not answer. Check that `npm start` still runs, then press Again.'
}

/** What a verdict's reason means, in words. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason
}
