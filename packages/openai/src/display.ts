export { smooth } from './display/smooth.ts'
export type { Unit } from './display/cutter.ts'
export type { SmoothOptions } from './display/smooth.ts'
export type { Delta } from './accumulator/types.ts'
