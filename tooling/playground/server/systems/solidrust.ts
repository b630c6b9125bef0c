import { STORY } from '../texts.ts'
import { errorEvent, eventsInShape, isSilent, spoken } from './shapes.ts'
import type { System } from './system.ts'

/** Complete chunks, but for the last: its finish reason is null to the end. */
export const solidrust: System = {
  id: 'solidrust',
  title: 'SolidRust: no finish reason',
  from: 'SolidRust, "Streaming Responses"',
  note: 'Its finish reason is null to the end, so that [DONE] alone says that it was all.',
  model: 'vllm-primary',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'Tell me a story' }] },
  answer: () => ({ content: STORY.stone }),
  events: (completion) =>
    eventsInShape(completion, ({ id, object, created, model, choices, usage }) => {
      const head = { id, object, created, model }
      if (choices.length === 0) return { ...head, choices, usage }
      const said = choices.filter(({ delta }) => !isSilent(delta))
      if (said.length === 0) return undefined
      const shaped = said.map(({ index, delta }) => ({
        index,
        delta: spoken(delta),
        finish_reason: null,
      }))
      return { ...head, choices: shaped }
    }),
  whole: (completion) => completion,
  error: errorEvent,
}
