import { reasoningOf, split, toEvents } from '@tesserae/openai'
import { crucible as dialect } from '@tesserae/openai/dialects'
import { errorEvent } from './shapes.ts'
import type { System } from './system.ts'

/** Prompts in place of messages, and outputs in place of choices. In deep mode the reasoning comes last, in one piece. */
export const crucible: System = {
  id: 'crucible',
  title: 'Crucible: deep mode',
  from: 'Crucible, "Streaming"',
  note: 'No chat completion at all: outputs, and in deep mode the whole reasoning in an event of its own.',
  model: 'crucible-1',
  path: '/v1/completions',
  asks: { prompt: 'Analyze the following document...', mode: 'deep' },
  answer: (_, isDeep) => ({
    content:
      'The document is short. It says three things: how to ask, what comes, and when it is over.',
    ...(isDeep && { reasoning: 'I read it from end to end. Most of it stands there three times.' }),
  }),
  events: (completion) => toEvents(split(completion), { dialect }),
  whole: ({ model, choices, usage }) => {
    const message = choices[0]?.message
    const trace = message && reasoningOf(message)
    const output = message?.content ?? ''
    return { model, output, ...(trace && { reasoning_trace: trace }), ...(usage && { usage }) }
  },
  error: errorEvent,
}
