import { accumulate, readChunks, ModelStreamError, toEvents } from '@tesserae/openai'
import { parseStream } from '@tesserae/parser/stream'
import { type Answer, chunksOf, frame } from '../answers.ts'
import type { ChatClient, Endpoint } from './client.ts'

/** A question, as `fetch` asks it. */
export function ask({ url, headers = {} }: Endpoint, body: object): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer none',
      connection: 'close', // A kept connection may be closed by the server at the moment it is used again.
      ...headers,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  })
}

/** The events of an answer, as they were sent. */
export function eventsOf(answer: Answer): string[] {
  const data = [...toEvents(chunksOf(answer))].map((event) => event.data)
  return answer.how === 'breaks' ? [...data.slice(0, -1), JSON.stringify(frame)] : data
}

/** Our own client side: each answer is asked for three times, and read as events, as chunks and as a message. */
export const ours: ChatClient = {
  name: 'parseStream, readChunks, accumulate',
  async read(endpoint, answer, seen) {
    const body = {
      model: answer.name,
      stream: true,
      messages: [{ role: 'user', content: 'Well?' }],
    }
    const events: string[] = []
    for await (const { data } of parseStream(await ask(endpoint, body))) {
      events.push(data)
      if (events.length === 2) seen()
    }
    const chunks: unknown[] = []
    let error: unknown
    try {
      for await (const chunk of readChunks(await ask(endpoint, body))) chunks.push(chunk)
    } catch (failure) {
      if (!(failure instanceof ModelStreamError)) throw failure
      error = failure.error?.raw
    }
    const { message } = await accumulate(await ask(endpoint, body), { incomplete: 'return' })
    return { message, error, sequence: [...events, ...chunks] }
  },
  expected(answer) {
    const sequence = [...eventsOf(answer), ...chunksOf(answer)]
    if (answer.how !== 'breaks') return { message: answer.completion, error: undefined, sequence }
    const message = structuredClone(answer.completion)
    const [choice] = message.choices
    Object.assign(choice!, { finish_reason: null })
    choice!.message.content = 'It begins'
    return { message, error: frame, sequence }
  },
}
