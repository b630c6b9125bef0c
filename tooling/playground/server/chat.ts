import { setTimeout as after } from 'node:timers/promises'
import type { SseEventInit } from '@tesserae/encoder'
import { webRequest } from '@tesserae/encoder/node'
import { eventStream } from '@tesserae/encoder/web'
import { split, toEvents } from '@tesserae/openai'
import {
  createStreams,
  memoryStore,
  ResumeError,
  type SourceContext,
  type Store,
} from '@tesserae/resume'
import { Refusal, wrong } from './errors.ts'
import { completionOf } from './models.ts'
import { readJson } from './read-json.ts'
import type { Handler, Visit } from './serve.ts'
import { STORY } from './texts.ts'

/**
 * `POST` starts an answer, `GET` with its ID reads it, `DELETE` stops it. Three faults are under the ID of an answer:
 * `POST` to `cut` breaks its connections, `kill` loses the server that writes it, `outage` stops the store for a while.
 */
export const ANSWERS = '/playground/answers'

/** About as fast as people read. */
const EVENTS_A_SECOND = 8
const LONGEST_PROMPT = 4_096
const OUTAGE_MS = 4_000

/** A server of answers. Once it is lost, nothing of it reaches the store any more. */
interface AnswerServer {
  readonly streams: ReturnType<typeof createStreams>
  isLost: boolean
}

/** The resumable chat: each answer is a log in a store, which any number of servers and connections read. */
export function createChat(perSecond = EVENTS_A_SECOND): Handler {
  const store = memoryStore()
  let storeReturns = 0
  const startServer = (): AnswerServer => {
    const own = { isLost: false }
    const isAway = (): boolean => own.isLost || performance.now() < storeReturns
    const streams = createStreams({
      store: gated(store, isAway),
      keep: 600_000,
      onError: (error) => own.isLost || error instanceof ResumeError || console.error(error),
    })
    return Object.assign(own, { streams })
  }
  let server = startServer()
  /** The events of the answers that are being written: a server that takes over continues them. */
  const live = new Map<string, readonly SseEventInit[]>()
  /** The connections that read, by the ID of their answer. */
  const readers = new Map<AbortController, string>()

  const write = async (id: string, events: readonly SseEventInit[], takeover: boolean) => {
    const by = server
    live.set(id, events)
    const source = ({ signal, count }: SourceContext): AsyncGenerator<SseEventInit> =>
      paced(events.slice(count), perSecond, signal)
    const run = await by.streams.start(id, source, { takeover })
    void run.done.then(() => by === server && live.delete(id))
  }
  const cut = (id?: string): void =>
    readers.forEach((read, over) => (id ?? read) === read && over.abort())
  const kill = async (): Promise<void> => {
    server.isLost = true
    server = startServer()
    cut()
    await Promise.all([...live].map(([id, events]) => write(id, events, true)))
  }

  const read = (id: string, { request, over }: Visit): Promise<Response> => {
    readers.set(over, id)
    over.signal.addEventListener('abort', () => readers.delete(over))
    return eventStream(server.streams.read(id, { gap: 'reject' }), {
      request: webRequest(request),
      final: true,
      // What the log refuses is in the response.
      onError: (error) => error instanceof ResumeError || console.error(error),
    })
  }

  return async (visit) => {
    const { request, path } = visit
    const [id = '', action = id && 'answer'] = path.slice(ANSWERS.length + 1).split('/')
    const asked = `${request.method} ${action}`.trim()
    if (asked === 'GET answer') return read(id, visit)
    if (asked === 'POST') {
      const { id: own, prompt } = readWanted(await readJson(request))
      await write(own, eventsOf(prompt), false)
    } else if (asked === 'DELETE answer') await server.streams.stop(id)
    else if (asked === 'POST cut') cut(id)
    else if (asked === 'POST kill') await kill()
    else if (asked === 'POST outage') storeReturns = performance.now() + OUTAGE_MS
    else throw new Refusal('method_not_allowed', `There is no ${request.method} ${path}.`)
    return new Response(null, { status: asked === 'POST' ? 202 : 204 })
  }
}

/** The same store, which rejects while it is away. */
function gated(store: Store, isAway: () => boolean): Store {
  const pass = <T>(ask: () => Promise<T>): Promise<T> =>
    isAway() ? Promise.reject(new Error('The store is away.')) : ask()
  return {
    append: (...args) => pass(() => store.append(...args)),
    read: (...args) => pass(() => store.read(...args)),
    last: (...args) => pass(() => store.last(...args)),
    remove: (...args) => pass(() => store.remove(...args)),
    watch: (...args) => store.watch?.(...args) ?? (() => {}),
  }
}

/** What stands in for a model. */
function eventsOf(prompt: string): readonly SseEventInit[] {
  const content = `You asked: ${prompt}\n\n${STORY.itself}`
  return [...toEvents(split(completionOf({ content }, prompt, 'tesserae', false)))]
}

async function* paced(
  events: readonly SseEventInit[],
  perSecond: number,
  signal: AbortSignal,
): AsyncGenerator<SseEventInit> {
  for (const event of events) {
    await after(1_000 / perSecond, undefined, { signal })
    yield event
  }
}

/** @throws {@link Refusal} that names the field and what it has to be */
function readWanted({ id, prompt }: Record<string, unknown>): { id: string; prompt: string } {
  if (typeof id !== 'string' || !/^[\w-]{8,64}$/.test(id))
    throw wrong('id', '8 to 64 letters, digits and hyphens')
  if (typeof prompt !== 'string' || prompt.length > LONGEST_PROMPT)
    throw wrong('prompt', `a text of up to ${LONGEST_PROMPT} characters`)
  return { id, prompt }
}
