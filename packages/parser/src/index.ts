export { SseError } from './errors.ts'
export { createParser } from './parser.ts'
export type { SseErrorCode } from './errors.ts'
export type {
  CompleteEnd,
  EndVerdict,
  FieldName,
  IncompleteEnd,
  IncompletePolicy,
  Parser,
  ParserOptions,
  SseEvent,
  StreamState,
} from './types.ts'
