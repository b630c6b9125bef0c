export { anthropic } from './dialects/anthropic.ts'
export { crucible } from './dialects/crucible.ts'
export type { Dialect, DialectWriter } from './dialects/types.ts'
