export { EventDecoderStream } from './decoder-stream.ts'
export { ResponseError, SseError } from './errors.ts'
export { parseStream } from './parse-stream.ts'
export type { SseErrorCode } from './errors.ts'
export type { ParseStreamSource } from './open-source.ts'
export type { ParsedStream, ParseStreamOptions } from './parse-stream.ts'
export type { ByteSource } from './source.ts'
export type {
  CompleteEnd,
  EndVerdict,
  FieldName,
  IncompleteEnd,
  IncompletePolicy,
  ParserOptions,
  SseEvent,
} from './types.ts'
