export { encode, encodeComment, encodeInto } from './encode.ts'
export {
  EncodeError,
  type EncodeErrorCode,
  type EncodeField,
  StreamError,
  type StreamErrorCode,
} from './errors.ts'
export { type Frame, frame } from './frame.ts'
export { jsonEvent } from './json-event.ts'
export type { NamedEvent, Payload, SseEventInit } from './types.ts'
