import { STORY } from '../texts.ts'
import { errorEvent, eventsInShape, isSilent, spoken } from './shapes.ts'
import type { System } from './system.ts'

/** Its first chunk has text already: nothing says who speaks. */
export const sovereign: System = {
  id: 'sovereign',
  title: 'Sovereign EG: no role',
  from: 'Sovereign EG, "Streaming"',
  note: 'Its first chunk has text already, and nothing says who speaks.',
  model: '...',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'Write a poem about the Nile' }] },
  answer: () => ({ content: STORY.river }),
  events: (completion) =>
    eventsInShape(completion, ({ id, object, choices, usage }) => {
      if (choices.length === 0) return { id, object, choices, usage }
      const said = choices.map(({ index, delta: { role: _, ...delta }, finish_reason }) => ({
        index,
        delta: spoken(delta),
        finish_reason,
      }))
      const isEmpty = said.every(({ delta, finish_reason }) => isSilent(delta) && !finish_reason)
      return isEmpty ? undefined : { id, object, choices: said }
    }),
  whole: (completion) => completion,
  error: errorEvent,
}
