export { modelResponse, outputItem, responseEvent } from './validators.ts'
export type * from './types.ts'
export type { Issue, Schema, Validated } from '../schema/standard.ts'
