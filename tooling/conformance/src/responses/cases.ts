import type { ResponseCase } from './case.ts'
import { endCases } from './cases/ends.ts'
import { habitCases } from './cases/habits.ts'
import { itemCases } from './cases/items.ts'

/** By what they are about. */
export const groups: Readonly<Record<string, readonly ResponseCase[]>> = {
  habits: habitCases,
  items: itemCases,
  ends: endCases,
}

export const cases: readonly ResponseCase[] = Object.values(groups).flat()
