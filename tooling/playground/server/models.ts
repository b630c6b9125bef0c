import { randomUUID } from 'node:crypto'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { Refusal } from './errors.ts'
import type { Recorded } from './library.ts'
import { type Answer, openai, type System, systems } from './systems.ts'

/** What a model's name selects: a recording, or an answer and its dialect. */
export type Model =
  | { readonly recorded: Recorded; readonly system?: never; readonly answer?: never }
  | { readonly recorded?: never; readonly system: System; readonly answer: System['answer'] }

const REPLAY = 'replay/'

/** The names of all models, under the prefix of a system or under none. */
export function modelNames(
  library: ReadonlyMap<string, Recorded>,
  system: System | undefined,
): string[] {
  const own = system ? [system.model] : systems.map(({ model }) => model)
  return ['tesserae', 'echo', ...own, ...[...library.keys()].map((id) => REPLAY + id)]
}

/** @throws {@link Refusal} when there is no such model */
export function findModel(
  name: string,
  library: ReadonlyMap<string, Recorded>,
  system: System | undefined,
): Model {
  const recorded = name.startsWith(REPLAY) ? library.get(name.slice(REPLAY.length)) : undefined
  if (recorded) return { recorded }
  const speaker = system ?? openai
  if (name === 'echo') return { system: speaker, answer: (asked) => ({ content: asked }) }
  if (name === 'tesserae') return { system: speaker, answer: openai.answer }
  const named = systems.find(({ model }) => model === name)
  if (named && (system === undefined || system === named))
    return { system: named, answer: named.answer }
  throw new Refusal(
    'model_not_found',
    `There is no model ${JSON.stringify(name)} here: GET /v1/models lists all there are.`,
    'model',
  )
}

/** The message of a model that says this. */
export function completionOf(
  { content, reasoning }: Answer,
  asked: string,
  model: string,
  withUsage: boolean,
): ChatCompletion {
  const message = {
    role: 'assistant' as const,
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
    content,
    refusal: null,
  }
  // There are no tokens here, so words are counted.
  const prompt_tokens = words(asked)
  const completion_tokens = words(`${reasoning ?? ''} ${content}`)
  const total_tokens = prompt_tokens + completion_tokens
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1_000),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    ...(withUsage && { usage: { prompt_tokens, completion_tokens, total_tokens } }),
  }
}

function words(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}
