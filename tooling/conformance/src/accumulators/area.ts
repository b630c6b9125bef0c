import { answerArea, type Groups } from '../answers/area.ts'
import { readCases } from '../answers/case.ts'
import { peers } from './peers.ts'

export const groups: Groups = {
  'tool calls': readCases('accumulators/tool-calls'),
  messages: readCases('accumulators/messages'),
  streams: readCases('accumulators/streams'),
}

const words = ['right', 'wrong', 'fails', 'not shown']

export const accumulators = answerArea('accumulator', peers, groups, words)
