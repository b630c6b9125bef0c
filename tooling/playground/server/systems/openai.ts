import { split, toEvents } from '@tesserae/openai'
import { STORY } from '../texts.ts'
import { errorEvent } from './shapes.ts'
import type { System } from './system.ts'

/** The API that the others are compatible with. */
export const openai: System = {
  id: 'openai',
  title: 'A text about itself',
  from: 'written here',
  note: 'Words, accents, 東京 and an astronaut, as the official API would stream them.',
  model: 'tesserae',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'What are you?' }] },
  answer: () => ({ content: STORY.itself }),
  events: (completion) => toEvents(split(completion)),
  whole: (completion) => completion,
  error: errorEvent,
}
