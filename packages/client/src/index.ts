export { connect } from './connect.ts'
export { ClientError } from './errors.ts'
export type { SseEvent } from '@tesserae/parser'
export type { ClientErrorCode, ClientErrorDetails } from './errors.ts'
export type {
  AttemptContext,
  ClientClock,
  ConnectAddress,
  ConnectHeaders,
  Connection,
  ConnectionEnding,
  ConnectionState,
  ConnectOptions,
  ResumeContext,
  ResumeFunction,
  ResumeSession,
  ResumeStrategy,
  RetryNotice,
} from './types.ts'
