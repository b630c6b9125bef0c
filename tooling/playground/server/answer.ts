import { setTimeout as after } from 'node:timers/promises'
import { accumulate, ModelStreamError } from '@tesserae/openai'
import { crucible } from '@tesserae/openai/dialects'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { bodyOf } from '@tesserae/testkit/transcript'
import { type Asked, readAsked } from './asked.ts'
import { Refusal } from './errors.ts'
import { errorEvent, type Format, formats } from './formats.ts'
import type { Recorded } from './library.ts'
import { completionOf, findModel } from './models.ts'
import { perform } from './perform.ts'
import { play } from './play.ts'
import { readPlayOptions } from './play-options.ts'
import { readJson } from './read-json.ts'
import { html, json } from './responses.ts'
import { type Score, scoreOfEvents, scoreOfRecording } from './score.ts'
import type { Visit } from './serve.ts'
import { openai, type System, systems } from './systems.ts'

/** Where models are asked. Recordings are replayed at the first two. */
export const ENDPOINTS: readonly string[] = ['/v1/chat/completions', ...Object.keys(formats)]

/** The most characters of an answer. In words of one letter that is 2 MB of events, all made before the first is sent. */
const LONGEST_ECHO = 16_384

/** What was found for a request: the stream, and the message without streaming. */
interface Found {
  readonly score: () => Score
  readonly whole: () => Promise<object> | object
  /** Whose error frames are sent. */
  readonly dialect: string
}

/** Answers a request at one of the endpoints, under the prefix of a system or under none. */
export async function answer(
  { request, query, over }: Visit,
  endpoint: string,
  library: ReadonlyMap<string, Recorded>,
  system: System | undefined,
): Promise<Response> {
  if (system && system.path !== endpoint)
    throw new Refusal('not_found', `${system.title} is asked at /${system.id}${system.path}.`)
  const body = await readJson(request)
  const options = readPlayOptions(body['playground'], query)
  const asked = readAsked(body, endpoint, system?.model)
  const { score, whole, dialect } = find(asked, endpoint, library, system)
  const { fault } = options
  if (fault === 'html') return html(WRONG_PAGE)
  if (fault === 'status') return json(OVERLOADED, 503)
  if (asked.stream) return play(perform(score(), options, errorEvent(dialect)), over)
  if (fault !== undefined && fault !== 'slow-start')
    throw new Refusal(
      'invalid_option',
      `"${fault}" befalls streams: set "stream" to true.`,
      'fault',
    )
  const message = await whole()
  if (fault) await after(options.delayMs, undefined, { signal: over.signal })
  return json(message)
}

/** @throws {@link Refusal} when the model is not there, or not asked at this endpoint */
function find(
  { model, text, isDeep, includeUsage }: Asked,
  endpoint: string,
  library: ReadonlyMap<string, Recorded>,
  prefix: System | undefined,
): Found {
  const { recorded, system, answer } = findModel(model, library, prefix)
  if (recorded) {
    if (!endpoint.endsWith('/completions'))
      throw new Refusal('invalid_body', 'Recordings are replayed at /v1/chat/completions.', 'model')
    return {
      score: () => scoreOfRecording(recorded.transcript),
      whole: () => wholeOf(recorded),
      dialect: recorded.dialect,
    }
  }
  const format = system.path === endpoint ? system : formats[endpoint]
  // Only the official API has both kinds of completions.
  if (!format || (format.id === openai.id && system !== openai))
    throw new Refusal('invalid_body', `"${model}" is asked at ${system.path}.`, 'model')
  const said = answer(text, isDeep)
  if (said.content.length > LONGEST_ECHO)
    throw new Refusal('invalid_body', `Have at most ${LONGEST_ECHO} characters echoed.`)
  const completion = (withUsage: boolean) => completionOf(said, text, model, withUsage)
  return {
    score: () => scoreOfEvents(format.events(completion(includeUsage))),
    whole: () => wholeIn(format, completion(true)),
    dialect: format.id,
  }
}

/** What the server would have sent at once, put together from what it streamed. */
async function wholeOf({ transcript, dialect, id }: Recorded): Promise<object> {
  if (dialect !== 'openai' && transcript.response.source !== 'document')
    throw new Refusal(
      'only_streamed',
      `${id} is not a chat completion: set "stream" to true.`,
      'stream',
    )
  const format = systems.find((system) => system.id === dialect) ?? openai
  try {
    const response = new Response(bodyOf(transcript), STREAM)
    const options = dialect === 'crucible' ? { dialect: crucible } : {}
    return wholeIn(format, await accumulate(response, options))
  } catch (error) {
    if (!(error instanceof ModelStreamError)) throw error
    throw new Refusal(
      'failed_recording',
      `${id} ends in an error, or too early: set "stream" to true to see how.`,
      'stream',
    )
  }
}

function wholeIn({ whole }: Format, completion: ChatCompletion): object {
  return whole ? whole(completion) : completion
}

const STREAM = { headers: { 'content-type': 'text/event-stream' } }

/** What a proxy says when it should not. */
const WRONG_PAGE =
  '<!doctype html><title>Sign in</title><p>Sign in to the network to go on. This page was asked for, with the fault "html".'

const OVERLOADED = {
  error: {
    message: 'Overloaded: this was asked for, with the fault "status".',
    type: 'server_error',
    param: null,
    code: 'overloaded',
  },
}
