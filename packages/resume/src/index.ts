export { ResumeError, type ResumeErrorCode } from './errors.ts'
export { memoryStore } from './memory.ts'
export { createStreams } from './streams.ts'
export type * from './types.ts'
