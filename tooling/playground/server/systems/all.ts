import { crucible } from './crucible.ts'
import { cryptgpt } from './cryptgpt.ts'
import { sovereign } from './sovereign.ts'
import { solidrust } from './solidrust.ts'
import type { System } from './system.ts'
import { yuhuan } from './yuhuan.ts'

/** Those that have a prefix of their own. */
export const systems: readonly System[] = [cryptgpt, yuhuan, sovereign, solidrust, crucible]
