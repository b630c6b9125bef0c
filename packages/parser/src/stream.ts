export { EventDecoderStream } from './decoder-stream.ts'
export { ResponseError, SseError } from './errors.ts'
export { parseStream } from './parse-stream.ts'
export type { SseErrorCode } from './errors.ts'
export type { StreamSource } from './open-source.ts'
export type { EventStream, ParseStreamOptions } from './parse-stream.ts'
export type { ByteSource } from './source.ts'
export type {
  Complete,
  FieldName,
  Incomplete,
  IncompletePolicy,
  ParserOptions,
  SseEvent,
  Verdict,
} from './types.ts'
