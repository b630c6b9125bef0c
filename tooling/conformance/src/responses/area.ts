import { answerArea, type Groups } from '../answers/area.ts'
import { readCases } from '../answers/case.ts'
import { habitCases } from './habits.ts'
import { peers } from './peers.ts'

export const groups: Groups = {
  habits: habitCases,
  items: readCases('responses/items'),
  ends: readCases('responses/ends'),
}

export const responses = answerArea('reader', 'packages/openai/docs/responses.md', peers, groups, [
  'right',
  'wrong',
  'fails',
])
