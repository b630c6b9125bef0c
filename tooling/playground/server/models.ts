import { Refusal } from './errors.ts'
import type { Recorded } from './library.ts'
import { systems } from './systems/all.ts'
import { openai } from './systems/openai.ts'
import type { System } from './systems/system.ts'

/** What a model's name selects: a recording, or an answer and its dialect. */
export type Model =
  | { readonly recorded: Recorded }
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

export function describeModel(name: string): object {
  return { id: name, object: 'model', created: 0, owned_by: 'tesserae' }
}
