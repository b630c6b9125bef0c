import type { SseEvent } from '@tesserae/parser'
import type { ConnectHeaders, ResumeSession, ResumeStrategy } from './types.ts'

/** Headers of the request that continues an answer, or a function that is called before each. */
type ResumeHeaders = ConnectHeaders | (() => ConnectHeaders | Promise<ConnectHeaders>)

/** Options of {@link resumeResponse}. */
export interface ResumeResponseOptions {
  /** The address of the API, as `https://api.openai.com/v1`. */
  readonly baseUrl: string | URL
  /** The headers of the continuation: at least `authorization`. A function is called before each request. */
  readonly headers?: ResumeHeaders | undefined
}

/** Options of {@link resumeChat}. */
export interface ResumeChatOptions {
  /** The route of the chat, as `https://example.com/api/chat`. In a page it may be relative. */
  readonly api: string | URL
  /** The chat. */
  readonly id: string
  /** The headers of the continuation. A function is called before each request. */
  readonly headers?: ResumeHeaders | undefined
}

/** The last events of a response, whatever came of it. */
const LAST_OF_RESPONSE: readonly unknown[] = [
  'response.completed',
  'response.failed',
  'response.incomplete',
  'error',
]

/**
 * Continues answers of the OpenAI Responses API, which runs on after its connection broke if it was created with
 * `background: true`: `GET /responses/{id}?stream=true&starting_after=n`.
 *
 * @param options - where the API is, and how to authenticate
 *
 * @example
 * <!-- example: prelude
 * const address = 'https://api.example.com/v1/responses'
 * const headers = { 'content-type': 'text/event-stream' }
 * const created = 'data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}\n\n'
 * let isFirst = true
 * const broken = new ReadableStream<Uint8Array>({
 *   pull(controller) {
 *     if (isFirst) controller.enqueue(new TextEncoder().encode(created))
 *     else controller.error(new TypeError('terminated'))
 *     isFirst = false
 *   },
 * }, { highWaterMark: 0 })
 * const rest = 'data: {"type":"response.completed","sequence_number":1}\n\n'
 * const fetch = async (input: string | URL | Request) =>
 *   new Response(input instanceof Request ? rest : broken, { headers })
 * -->
 * ```ts
 * import { connect } from '@tesserae/client'
 * import { resumeResponse } from '@tesserae/client/resume'
 *
 * const answer = connect(address, {
 *   json: { model: 'gpt-5', input: 'Hi', background: true, stream: true },
 *   resume: resumeResponse({ baseUrl: 'https://api.example.com/v1' }),
 *   fetch,
 * })
 * for await (const event of answer) console.log(event.json<{ type: string }>().type) // => response.created, then response.completed
 * ```
 */
export function resumeResponse({ baseUrl, headers }: ResumeResponseOptions): ResumeStrategy {
  return {
    until: (event) => LAST_OF_RESPONSE.includes(event.event ?? contentOf(event).type),
    begin: () => followResponse(withoutSlash(baseUrl), headers),
  }
}

/**
 * Continues chats of the AI SDK, whose route replays the running answer from its beginning: `GET {api}/{id}/stream`.
 * What was delivered is skipped, and compared by a hash.
 *
 * @param options - where the route is, and which chat
 *
 * @example
 * ```ts
 * import { resumeChat } from '@tesserae/client/resume'
 *
 * const resume = resumeChat({ api: 'https://example.com/api/chat', id: 'chat-7' })
 * const response = new Response('data: 1\n\n')
 * const request = await resume.begin().request({ response, lastEventId: '', last: undefined, count: 1, error: new Error() as never })
 * request instanceof Request && request.url // => 'https://example.com/api/chat/chat-7/stream'
 * ```
 */
export function resumeChat({ api, id, headers }: ResumeChatOptions): ResumeStrategy {
  const address = `${withoutSlash(api)}/${encodeURIComponent(id)}/stream`
  return {
    until: ({ data }) => data === '[DONE]',
    begin: () => followChat(address, headers),
  }
}

function withoutSlash(address: string | URL): string {
  return `${address}`.replace(/\/$/, '')
}

async function requestTo(address: string, headers: ResumeHeaders | undefined): Promise<Request> {
  const given = typeof headers === 'function' ? await headers() : headers
  return new Request(address, given && { headers: given })
}

interface ResponseEvent {
  readonly type?: unknown
  readonly sequence_number?: unknown
  readonly response?: { readonly id?: unknown }
}

/** What is not JSON is delivered all the same: the caller may know what it is. */
function contentOf(event: SseEvent): ResponseEvent {
  try {
    return event.json<ResponseEvent | null>() ?? {}
  } catch {
    return {}
  }
}

/** Follows one response by the numbers of its events. */
function followResponse(baseUrl: string, headers: ResumeHeaders | undefined): ResumeSession {
  let id: string | undefined
  let last = -1
  /** The numbers have had no gap so far, so that one in the continuation is a loss. */
  let isDense = true
  return {
    accept(event) {
      const { sequence_number: number, response } = contentOf(event)
      if (typeof response?.id === 'string') id ??= response.id
      if (typeof number !== 'number') return 'deliver'
      if (number <= last) return 'skip'
      if (number > last + 1) {
        if (isDense && last >= 0) return 'mismatch'
        isDense = false
      }
      last = number
      return 'deliver'
    },
    async request() {
      if (id === undefined || last < 0) return undefined
      const path = `/responses/${encodeURIComponent(id)}?stream=true&starting_after=${last}`
      return requestTo(baseUrl + path, headers)
    },
  }
}

/** Follows one chat by a hash of its events, in a constant amount of memory. */
function followChat(address: string, headers: ResumeHeaders | undefined): ResumeSession {
  let delivered = new Digest()
  /** What arrived since the beginning of the replay. */
  let arrived = delivered
  return {
    accept(event) {
      arrived.add(event)
      if (arrived === delivered) return 'deliver'
      if (arrived.count < delivered.count) return 'skip'
      if (arrived.high !== delivered.high || arrived.low !== delivered.low) return 'mismatch'
      // The replay has caught up: from here on it is the answer.
      delivered = arrived
      return 'skip'
    },
    request() {
      if (delivered.count > 0) arrived = new Digest()
      return requestTo(address, headers)
    },
  }
}

/** The number of events, and 64 bits that depend on all of them. */
class Digest {
  count = 0
  high = 0x811c9dc5
  low = 0x9e3779b9

  add({ event, data }: SseEvent): void {
    this.count++
    // A CR ends a line, so neither can hold one.
    for (const character of `${event ?? ''}\r${data}\r`) {
      const code = character.codePointAt(0) as number
      this.high = Math.imul(this.high ^ code, 0x01000193)
      this.low = Math.imul(this.low ^ code, 0x85ebca6b)
    }
  }
}
