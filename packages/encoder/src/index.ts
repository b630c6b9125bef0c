export { encode, encodeComment, encodeInto } from './encode.ts'
export { EncodeError, type EncodeErrorCode, type EncodeField } from './errors.ts'
export { type Frame, frame } from './frame.ts'
export type { SseEvent } from './types.ts'
