export { SseError } from './errors.ts'
export { createParser } from './parser.ts'
export type { SseErrorCode } from './errors.ts'
export type {
  Complete,
  FieldName,
  Incomplete,
  IncompletePolicy,
  Parser,
  ParserOptions,
  SseEvent,
  StreamState,
  Verdict,
} from './types.ts'
