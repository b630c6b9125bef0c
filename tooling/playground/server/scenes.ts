import { bodyOf, piecesOf, type Transcript } from '@tesserae/testkit/transcript'
import { readAsked } from './asked.ts'
import type { Recorded } from './library.ts'
import { completionOf } from './models.ts'
import { scoreOfEvents } from './score.ts'
import { openai, type System, systems } from './systems.ts'

/** Something to play: the request that plays it, and what to say about it. */
export interface Scene {
  readonly id: string
  readonly title: string
  /** What answered, with its version; or a document; or that it was written here. */
  readonly from: string
  /** One of the systems, `openai`, or the name of another API. */
  readonly dialect: string
  /** What is interesting in it. */
  readonly note: string
  readonly bytes: number
  /** Whether the times at which it came were recorded. */
  readonly isTimed: boolean
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Those that come first, and why. */
const chosen: Readonly<Record<string, string>> = {
  'llama-server/unicode':
    'Greetings in many scripts: half of the events carry a part of what one sees as a character.',
  'llama-server/reasoning':
    'The model thinks first; that it has begun to answer shows in the name of a field.',
  'llama-server/tools-parallel': 'Two tool calls, whose arguments grow a few characters at a time.',
  'llama-server/plain-usage': 'The last chunk has no choices at all, and the count of tokens.',
  'llama-server/logprobs':
    'Each token comes with its probability, and with what might have stood in its place.',
  'llama-server-random-weights/server-killed-mid-stream':
    'The server is killed while it answers: the last event is cut in two, and what came before is kept.',
  'seeds/cryptgpt-error': 'An error in the place of a chunk, in a stream whose status was 200.',
}

export function scenesOf(library: ReadonlyMap<string, Recorded>): Scene[] {
  const noted = Object.entries(chosen).flatMap(([id, note]) => {
    const each = library.get(id)
    return each ? [sceneOfRecorded(each, note)] : []
  })
  const rest = [...library.values()].filter(({ id }) => !Object.hasOwn(chosen, id))
  return [
    { ...sceneOf(openai, openai.path), id: 'tesserae' },
    ...noted,
    ...systems.map((system) => sceneOf(system, `/${system.id}${system.path}`)),
    ...rest.map((each) => sceneOfRecorded(each, measuresOf(each.transcript))),
  ]
}

function sceneOf(system: System, path: string): Scene {
  const { id, title, from, note, model, asks } = system
  const body = { model, ...asks, stream: true }
  const { text, isDeep, includeUsage } = readAsked(body, system.path)
  const completion = completionOf(system.answer(text, isDeep), text, model, includeUsage)
  const { bytes } = scoreOfEvents(system.events(completion))
  return { id, title, from, dialect: id, note, bytes: bytes.length, isTimed: false, path, body }
}

function sceneOfRecorded({ id, transcript, dialect }: Recorded, note: string): Scene {
  const { title, provenance, meaning, response } = transcript
  const isPrompt = meaning?.kind === 'completion' || dialect === 'crucible'
  return {
    id,
    title,
    from: provenance['engine'] ?? provenance['document'] ?? 'a server',
    dialect,
    note,
    bytes: bodyOf(transcript).length,
    isTimed: response.source !== 'document',
    path: isPrompt ? '/v1/completions' : '/v1/chat/completions',
    body: { model: `replay/${id}`, ...askedOf(transcript, isPrompt), stream: true },
  }
}

/** What is asked where the recording does not say it. */
const PLAY = 'Play it.'

/** What was asked when it was recorded. */
function askedOf({ request, meaning }: Transcript, isPrompt: boolean): object {
  const { messages, prompt } = parsed(new TextDecoder().decode(request?.body))
  if (isPrompt) return { prompt: typeof prompt === 'string' ? prompt : PLAY }
  const isChat = meaning?.kind === 'chat' && Array.isArray(messages)
  return { messages: isChat ? messages : [{ role: 'user', content: PLAY }] }
}

function parsed(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) ?? {}
  } catch {
    return {}
  }
}

function measuresOf(transcript: Transcript): string {
  const { meaning, response } = transcript
  const events = counted(meaning?.events ?? 0, 'event')
  if (response.source === 'document') return `${events}, as the document prints them.`
  const pieces = counted(piecesOf(transcript).length, 'piece')
  const end = {
    complete: '',
    cut: '; then the connection was lost',
    aborted: '; then the client left',
  }
  return `${events} in ${pieces} within ${response.end.at} ms${end[response.end.how]}.`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
