import { STORY } from '../texts.ts'
import { errorEvent, eventsInShape, isSilent, spoken } from './shapes.ts'
import type { System } from './system.ts'

/** It gives no finish reason, reasons in `reasoning_content`, and its usage comes in a chunk that has nothing else. */
export const yuhuan: System = {
  id: 'yuhuan',
  title: 'Yuhuan Studio: reasoning, no finish reason',
  from: 'Yuhuan Studio, "Streaming"',
  note: 'It thinks in reasoning_content, never says why it ends, and sends usage in a chunk without choices.',
  model: 'model-id',
  path: '/v1/chat/completions',
  asks: {
    messages: [{ role: 'user', content: 'Solve: What is 15! / 13!?' }],
    stream_options: { include_usage: true },
  },
  answer: (asked) =>
    asked.includes('15!')
      ? {
          reasoning:
            '15! / 13! is what is left of 15! without its first thirteen factors: 14 and 15.',
          content: 'It is 15 × 14 = 210.',
        }
      : { content: STORY.stone },
  events: (completion) =>
    eventsInShape(completion, ({ id, object, choices, usage }) => {
      if (choices.length === 0) return { usage }
      const said = choices.filter(({ delta }) => !isSilent(delta))
      if (said.length === 0) return undefined
      return {
        id,
        object,
        choices: said.map(({ delta, index }) => ({ delta: spoken(delta), index })),
      }
    }),
  whole: (completion) => completion,
  error: errorEvent,
}
