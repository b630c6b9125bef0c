import { readCases } from '../answers/case.ts'
import type { Groups } from '../answers/table.ts'
import { habitCases } from './habits.ts'

export const groups: Groups = {
  habits: habitCases,
  items: readCases('responses/items'),
  ends: readCases('responses/ends'),
}

export const cases = Object.values(groups).flat()
