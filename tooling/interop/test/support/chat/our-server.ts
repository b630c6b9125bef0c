import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendEvents } from '@tesserae/encoder/node'
import { toEvents } from '@tesserae/openai'
import type { Running } from '../servers/server.ts'
import { type Answer, answerOf, answers, chunksOf, frame } from './answers.ts'
import type { Gate } from './gate.ts'

/** Our server: an OpenAI-compatible one, made of `sendEvents`, `toEvents` and `split`. */
export interface ChatServer extends Running {
  /** What the next streamed answer waits for after its first piece, if anything. */
  gate: Gate | undefined
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Heartbeats are due after a millisecond, and looked after every quarter of a second. */
const PAUSE = 600

async function* streamed(answer: Answer, gate: Gate | undefined) {
  for (const [at, chunk] of chunksOf(answer).entries()) {
    yield chunk
    if (answer.how === 'waits' && at === 1) await sleep(PAUSE)
    // The first has the role alone, the second the first words.
    if (gate && at === 1) await gate.passed()
  }
  if (answer.how === 'breaks') throw new Error(frame.error.message)
}

/** Asked by `POST`, as clients do, or by `GET ?model=`, as an `EventSource` has to. The model is the answer's name. */
async function asked(request: IncomingMessage): Promise<{ model: string; stream: boolean }> {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost')
  if (request.method !== 'POST') return { model: searchParams.get('model') ?? '', stream: true }
  let body = ''
  for await (const piece of request.setEncoding('utf8')) body += piece
  const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean }
  return { model, stream: stream === true }
}

export async function startChatServer(): Promise<ChatServer> {
  const server = createServer(async (request, response) => {
    const { model, stream } = await asked(request)
    if (!answers.some(({ name }) => name === model)) {
      response.writeHead(400, { 'content-type': 'application/json' })
      const error = { message: `There is no model "${model}".`, type: 'invalid_request_error' }
      response.end(JSON.stringify({ error: { ...error, param: 'model', code: 'no_model' } }))
      return
    }
    const answer = answerOf(model)
    if (!stream) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer.completion))
      return
    }
    const { gate } = running
    running.gate = undefined
    await sendEvents(
      request,
      response,
      toEvents(streamed(answer, gate), { onError: () => frame }),
      // Browsers ask from a page of another origin.
      { headers: { 'access-control-allow-origin': '*' }, heartbeat: 1 },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const running: ChatServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    gate: undefined,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
  return running
}
