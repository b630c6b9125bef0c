import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { accumulate, split, ModelStreamError, toEvents } from '@tesserae/openai'
import { crucible as crucibleDialect } from '@tesserae/openai/dialects'
import { bodyOf } from '@tesserae/testkit/transcript'
import { type Asked, readAsked } from './asked.ts'
import { answerHtml, answerJson, CORS } from './responses.ts'
import { Refusal } from './errors.ts'
import type { Recorded } from './library.ts'
import { findModel } from './models.ts'
import { perform } from './perform.ts'
import { type PlayOptions, readPlayOptions } from './play-options.ts'
import { readJson } from './read-json.ts'
import { completionOf, textCompletionOf } from './say.ts'
import { type Score, scoreOfEvents, scoreOfRecording } from './score.ts'
import { goneOf, send } from './send.ts'
import { sorryFor } from './sorry.ts'
import { crucible } from './systems/crucible.ts'
import type { System } from './systems/system.ts'

/** The most characters of an answer. In words of one letter that is 2 MB of events, all made before the first is sent. */
const LONGEST_ECHO = 16_384

/** What was found for a request: the stream, and the message without streaming. */
interface Found {
  readonly score: () => Score
  readonly whole: () => Promise<object>
  /** Whose error frames are sent. */
  readonly dialect: string
}

/** Answers `POST /v1/chat/completions` and `/v1/completions`, under the prefix of a system or under none. */
export async function answerCompletion(
  request: IncomingMessage,
  response: ServerResponse,
  path: System['path'],
  query: URLSearchParams,
  library: ReadonlyMap<string, Recorded>,
  system: System | undefined,
): Promise<void> {
  const body = await readJson(request)
  const options = readPlayOptions(body['playground'], query)
  const style = path === '/v1/completions' ? 'prompt' : 'messages'
  const asked = readAsked(body, style, system?.model)
  const found = find(asked, path, library, system)
  if (options.fault === 'html') return answerHtml(response, 200, WRONG_PAGE)
  if (options.fault === 'status') return answerJson(response, 503, OVERLOADED)
  if (!asked.stream) return answerWhole(response, found, options)
  await send(request, response, perform(found.score(), options, sorryFor(found.dialect)), CORS)
}

function find(
  asked: Asked,
  path: System['path'],
  library: ReadonlyMap<string, Recorded>,
  prefix: System | undefined,
): Found {
  const { model, text, isDeep, includeUsage } = asked
  const found = findModel(model, library, prefix)
  if (found.recorded) {
    const { transcript, dialect } = found.recorded
    return {
      score: () => scoreOfRecording(transcript),
      whole: () => wholeOf(found.recorded),
      dialect,
    }
  }
  const { system, answer } = found
  const said = answer(text, isDeep)
  if (said.content.length > LONGEST_ECHO)
    throw new Refusal('invalid_body', `Have at most ${LONGEST_ECHO} characters echoed.`)
  if (system.id === 'openai' && path === '/v1/completions') {
    const completion = (withUsage: boolean) => textCompletionOf(said, text, model, withUsage)
    return {
      score: () => scoreOfEvents([...toEvents(split(completion(includeUsage)))]),
      whole: async () => completion(true),
      dialect: system.id,
    }
  }
  if (system.path !== path)
    throw new Refusal('invalid_body', `"${model}" is asked at ${system.path}.`, 'model')
  const completion = (withUsage: boolean) => completionOf(said, text, model, withUsage)
  return {
    score: () => scoreOfEvents([...system.events(completion(includeUsage))]),
    whole: async () => system.whole(completion(true)),
    dialect: system.id,
  }
}

async function answerWhole(
  response: ServerResponse,
  { whole }: Found,
  { fault, delayMs }: PlayOptions,
): Promise<void> {
  if (fault !== undefined && fault !== 'slow-start')
    throw new Refusal(
      'invalid_option',
      `"${fault}" befalls streams: set "stream" to true.`,
      'fault',
    )
  const message = await whole()
  const isThere = fault !== 'slow-start' || (await passed(delayMs, goneOf(response)))
  if (isThere) answerJson(response, 200, message)
}

/** Whether the time has passed before the client has gone. */
function passed(ms: number, gone: AbortSignal): Promise<boolean> {
  return after(ms, true, { signal: gone }).catch(() => false)
}

/** What the server would have sent at once, put together from what it streamed. */
async function wholeOf({ transcript, dialect, id }: Recorded): Promise<object> {
  if (dialect !== 'openai' && transcript.response.source !== 'document')
    throw new Refusal(
      'only_streamed',
      `${id} is not a chat completion: set "stream" to true.`,
      'stream',
    )
  try {
    const response = new Response(bodyOf(transcript), STREAM)
    if (dialect !== 'crucible') return await accumulate(response)
    return crucible.whole(await accumulate(response, { dialect: crucibleDialect }))
  } catch (error) {
    if (!(error instanceof ModelStreamError)) throw error
    throw new Refusal(
      'failed_recording',
      `${id} ends in an error, or too early: set "stream" to true to see how.`,
      'stream',
    )
  }
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
