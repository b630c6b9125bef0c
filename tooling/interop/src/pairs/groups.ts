import type { Group } from '../pair.ts'
import { readByOthers } from './read-by-others.ts'
import { throughOthers } from './through-others.ts'

export const groups: readonly Group[] = [readByOthers, throughOthers]
