import { STORY } from '../texts.ts'
import { eventsInShape, spoken } from './shapes.ts'
import type { System } from './system.ts'

/** Its choices have no index, its chunks neither model nor time, and its errors come as events. */
export const cryptgpt: System = {
  id: 'cryptgpt',
  title: 'CryptGPT: no index',
  from: 'CryptGPT, "Streaming Guide"',
  note: 'Its choices have no index, and its chunks neither a model nor a time.',
  model: 'gemma-4-26b',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'Tell me a story' }] },
  answer: () => ({ content: STORY.stone }),
  events: (completion) =>
    eventsInShape(completion, ({ id, object, choices, usage }) => ({
      id,
      object,
      choices: choices.map(({ delta, finish_reason }) => ({ delta: spoken(delta), finish_reason })),
      ...(choices.length === 0 && { usage }),
    })),
  whole: (completion) => completion,
  error: (message) => ({ data: JSON.stringify({ error: { message, type: 'server_error' } }) }),
}
