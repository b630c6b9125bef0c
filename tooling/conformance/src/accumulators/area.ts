import { answerArea, type Groups } from '../answers/area.ts'
import { readCases } from '../answers/case.ts'
import { peers } from './peers.ts'

export const groups: Groups = {
  'tool calls': readCases('accumulators/tool-calls'),
  messages: readCases('accumulators/messages'),
  streams: readCases('accumulators/streams'),
}

export const accumulators = answerArea('accumulator', 'packages/openai/README.md', peers, groups, [
  'right',
  'wrong',
  'fails',
  'not shown',
])
