import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import type { SseEventInit } from '@tesserae/encoder'
import { sendEvents } from '@tesserae/encoder/node'
import { split, toEvents } from '@tesserae/openai'
import { createStreams, ResumeError } from '@tesserae/resume'
import { Refusal } from './errors.ts'
import { readJson } from './read-json.ts'
import { completionOf } from './say.ts'
import { STORY } from './texts.ts'

/** `POST` starts an answer, `GET` with its ID reads it, `DELETE` stops it; `POST` to `cut` under it breaks its connections. */
export const ANSWERS = '/playground/answers'

/** About as fast as people read. */
const EVENTS_A_SECOND = 8
const LONGEST_PROMPT = 4_096

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
) => Promise<void>

/** The server of the resumable chat: each answer is a log, which any number of connections read. */
export function createChat(perSecond = EVENTS_A_SECOND): Handler {
  const streams = createStreams({ keep: 600_000, onError: console.error })
  const readers = new Map<string, Set<ServerResponse>>()

  const read = async (id: string, request: IncomingMessage, response: ServerResponse) => {
    const open = readers.get(id) ?? new Set()
    readers.set(id, open.add(response))
    response.once('close', () => {
      open.delete(response)
      if (open.size === 0) readers.delete(id)
    })
    await sendEvents(request, response, streams.read(id, { gap: 'reject' }), {
      final: true,
      // What the log refuses is in the response.
      onError: (error) => error instanceof ResumeError || console.error(error),
    })
  }

  return async (request, response, pathname) => {
    const [id = '', action] = pathname.slice(ANSWERS.length + 1).split('/')
    const asked = `${request.method} ${action ?? (id === '' ? '' : 'answer')}`.trim()
    if (asked === 'POST') {
      const { id: own, prompt } = readWanted(await readJson(request))
      await streams.start(own, ({ signal }) => answer(prompt, perSecond, signal))
      response.writeHead(202).end()
    } else if (asked === 'GET answer') await read(id, request, response)
    else if (asked === 'DELETE answer') {
      await streams.stop(id)
      response.writeHead(204).end()
    } else if (asked === 'POST cut') {
      for (const reader of readers.get(id) ?? []) reader.destroy()
      response.writeHead(204).end()
    } else throw new Refusal('method_not_allowed', `There is no ${request.method} ${pathname}.`)
  }
}

/** What stands in for a model. */
async function* answer(
  prompt: string,
  perSecond: number,
  signal: AbortSignal,
): AsyncGenerator<SseEventInit> {
  const content = `You asked: ${prompt}\n\n${STORY.itself}`
  for (const event of toEvents(split(completionOf({ content }, prompt, 'tesserae', false)))) {
    await after(1_000 / perSecond, undefined, { signal })
    yield event
  }
}

/** @throws {@link Refusal} that names the field and what it has to be */
function readWanted({ id, prompt }: Record<string, unknown>): { id: string; prompt: string } {
  if (typeof id !== 'string' || !/^[\w-]{8,64}$/.test(id))
    throw new Refusal('invalid_body', 'Give "id" 8 to 64 letters, digits and hyphens.', 'id')
  if (typeof prompt !== 'string' || prompt.length > LONGEST_PROMPT)
    throw new Refusal(
      'invalid_body',
      `Give "prompt" a text of up to ${LONGEST_PROMPT} characters.`,
      'prompt',
    )
  return { id, prompt }
}
