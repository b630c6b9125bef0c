import { readCases } from '../answers/case.ts'
import type { Groups } from '../answers/table.ts'

export const groups: Groups = {
  'tool calls': readCases('accumulators/tool-calls'),
  messages: readCases('accumulators/messages'),
  streams: readCases('accumulators/streams'),
}

export const cases = Object.values(groups).flat()
