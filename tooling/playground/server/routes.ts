import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { answerCompletion } from './answer.ts'
import { ANSWERS, createChat } from './chat.ts'
import { Refusal } from './errors.ts'
import { FORWARD, forward } from './forward.ts'
import { loadLibrary } from './library.ts'
import { describeModel, findModel, modelNames } from './models.ts'
import { answerProtocol, protocols } from './protocols.ts'
import { answerJson, answerPreflight } from './responses.ts'
import { scenesOf } from './scenes.ts'
import { sendFile } from './static-files.ts'
import { systems } from './systems/all.ts'

/** The API of each system stands under its prefix, that of the playground under none. */
const api = new RegExp(`^(?:/(${systems.map(({ id }) => id).join('|')}))?(/v1/.*)$`)

/** Answers every request. What goes wrong is answered too, or ends the connection where an answer has begun. */
export function createRoutes(dist: string): RequestListener {
  const library = loadLibrary()
  const scenes = scenesOf(library)
  const chat = createChat()

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = addressOf(request)
    // Before anything is allowed: no other page may have requests forwarded.
    if (pathname === FORWARD) {
      allow(request, 'POST')
      return forward(request, response)
    }
    if (pathname === ANSWERS || pathname.startsWith(`${ANSWERS}/`))
      return chat(request, response, pathname)
    if (request.method === 'OPTIONS')
      return answerPreflight(response, request.headers['access-control-request-headers'])
    if (pathname === '/playground/scenes') {
      allow(request, 'GET')
      return answerJson(response, 200, { scenes })
    }
    const [, prefix, endpoint] = api.exec(pathname) ?? []
    if (endpoint === undefined) {
      allow(request, 'GET', 'HEAD')
      return sendFile(request, response, dist, pathname)
    }
    const system = systems.find(({ id }) => id === prefix)
    if (endpoint === '/v1/chat/completions' || endpoint === '/v1/completions') {
      if (system && system.path !== endpoint)
        throw new Refusal('not_found', `${system.title} is asked at /${prefix}${system.path}.`)
      allow(request, 'POST')
      return answerCompletion(request, response, endpoint, searchParams, library, system)
    }
    const protocol = system ? undefined : protocols.get(endpoint)
    if (protocol) {
      allow(request, 'POST')
      return answerProtocol(request, response, protocol, searchParams, library)
    }
    const [, name] = /^\/v1\/models(?:\/(.+))?$/.exec(endpoint) ?? []
    if (name !== undefined) {
      allow(request, 'GET')
      findModel(name, library, system)
      return answerJson(response, 200, describeModel(name))
    }
    if (endpoint !== '/v1/models')
      throw new Refusal(
        'not_found',
        `There is nothing at ${pathname}: there are /v1/chat/completions, /v1/completions, /v1/responses, /v1/messages and /v1/models.`,
      )
    allow(request, 'GET')
    const data = modelNames(library, system).map(describeModel)
    return answerJson(response, 200, { object: 'list', data })
  }

  return (request, response) => {
    route(request, response).catch((error: unknown) => fail(response, error))
  }
}

function addressOf({ url = '/' }: IncomingMessage): {
  pathname: string
  searchParams: URLSearchParams
} {
  try {
    const { pathname, searchParams } = new URL(url.startsWith('/') ? `http://localhost${url}` : url)
    return { pathname: decodeURIComponent(pathname), searchParams }
  } catch {
    throw new Refusal('not_found', 'The address cannot be read: percent signs need two digits.')
  }
}

function allow({ method = '' }: IncomingMessage, ...methods: readonly string[]): void {
  if (!methods.includes(method))
    throw new Refusal('method_not_allowed', `Use ${methods.join(' or ')} here, not ${method}.`)
}

function fail(response: ServerResponse, error: unknown): void {
  // A client that has left needs no answer.
  if (response.destroyed || response.socket?.destroyed) return
  if (response.headersSent) {
    console.error(error)
    response.destroy()
  } else if (error instanceof Refusal) {
    // What is left of a body that is too large is not read, so nothing can follow on this connection.
    const isUnread = error.code === 'body_too_large'
    answerJson(response, error.status, error.body, isUnread ? { connection: 'close' } : {})
  } else {
    console.error(error)
    const message = 'The playground failed: its terminal says how.'
    answerJson(response, 500, { error: { message, type: 'server_error', param: null, code: null } })
  }
}
