import { bodyOf, piecesOf, type Transcript } from '@tesserae/testkit/transcript'
import { readAsked } from './asked.ts'
import type { Recorded } from './library.ts'
import { scoreOfEvents } from './score.ts'
import type { Scene } from './scene.ts'
import { completionOf } from './say.ts'
import { systems } from './systems/all.ts'
import { openai } from './systems/openai.ts'
import type { System } from './systems/system.ts'

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
  const rest = [...library.values()].filter(({ id }) => !Object.hasOwn(chosen, id))
  return [
    { ...sceneOf(openai, openai.path), id: 'tesserae' },
    ...Object.entries(chosen).flatMap(([id, note]) => {
      const recorded = library.get(id)
      return recorded ? [sceneOfRecorded(recorded, note)] : []
    }),
    ...systems.map((system) => sceneOf(system, `/${system.id}${system.path}`)),
    ...rest.map((recorded) => sceneOfRecorded(recorded, measuresOf(recorded.transcript))),
  ]
}

function sceneOf(
  { id, title, from, note, model, asks, answer, events }: System,
  path: string,
): Scene {
  const body = { model, ...asks, stream: true }
  const { text, isDeep, includeUsage } = readAsked(body, 'prompt' in asks ? 'prompt' : 'messages')
  const completion = completionOf(answer(text, isDeep), text, model, includeUsage)
  const { bytes } = scoreOfEvents([...events(completion)])
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
    body: {
      model: `replay/${id}`,
      ...(isPrompt ? { prompt: promptOf(transcript) } : { messages: messagesOf(transcript) }),
      stream: true,
    },
  }
}

/** What was asked when it was recorded. */
function requestOf({ request }: Transcript): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(request?.body)) ?? {}
  } catch {
    return {}
  }
}

function messagesOf(transcript: Transcript): unknown {
  const { messages } = requestOf(transcript)
  const isChat = transcript.meaning?.kind === 'chat' && Array.isArray(messages)
  return isChat ? messages : [{ role: 'user', content: 'Play it.' }]
}

function promptOf(transcript: Transcript): unknown {
  const { prompt } = requestOf(transcript)
  return typeof prompt === 'string' ? prompt : 'Play it.'
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
