import { answer, ENDPOINTS } from './answer.ts'
import { ANSWERS, createChat } from './chat.ts'
import { Refusal } from './errors.ts'
import { FORWARD, forward } from './forward.ts'
import { loadLibrary } from './library.ts'
import { findModel, modelNames } from './models.ts'
import { json, preflight } from './responses.ts'
import { scenesOf } from './scenes.ts'
import type { Handler, Visit } from './serve.ts'
import { readPage } from './static-files.ts'
import { systems } from './systems.ts'

/** The API of each system stands under its prefix, that of the playground under none. */
const api = new RegExp(`^(?:/(${systems.map(({ id }) => id).join('|')}))?(/v1/.*)$`)

/** Everything that the server answers. */
export function createRoutes(dist: string): Handler {
  const library = loadLibrary()
  const scenes = scenesOf(library)
  const chat = createChat()

  return (visit) => {
    const { path, request } = visit
    // Before anything is allowed: no other page may have requests forwarded.
    if (path === FORWARD) return only(['POST'], visit) ?? forward(visit)
    if (path === ANSWERS || path.startsWith(`${ANSWERS}/`)) return chat(visit)
    if (request.method === 'OPTIONS')
      return preflight(request.headers['access-control-request-headers'])
    if (path === '/playground/scenes') return only(['GET'], visit) ?? json({ scenes })
    const [, prefix, endpoint] = api.exec(path) ?? []
    if (endpoint === undefined) return only(['GET', 'HEAD'], visit) ?? readPage(dist, path)
    const system = systems.find(({ id }) => id === prefix)
    if (ENDPOINTS.includes(endpoint))
      return only(['POST'], visit) ?? answer(visit, endpoint, library, system)
    if (endpoint === '/v1/models') {
      const data = modelNames(library, system).map(describeModel)
      return only(['GET'], visit) ?? json({ object: 'list', data })
    }
    const name = /^\/v1\/models\/(.+)$/.exec(endpoint)?.[1]
    if (name === undefined) {
      const known = [...ENDPOINTS, '/v1/models'].join(', ')
      throw new Refusal('not_found', `There is nothing at ${path}: there are ${known}.`)
    }
    findModel(name, library, system)
    return only(['GET'], visit) ?? json(describeModel(name))
  }
}

function describeModel(name: string): object {
  return { id: name, object: 'model', created: 0, owned_by: 'tesserae' }
}

/** @throws {@link Refusal} for another method */
function only(methods: readonly string[], { request: { method = '' } }: Visit): undefined {
  if (!methods.includes(method))
    throw new Refusal('method_not_allowed', `Use ${methods.join(' or ')} here, not ${method}.`)
}
