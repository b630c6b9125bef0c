export { createAccumulator } from './response-accumulator.ts'
export type { ResponseNote, ResponseNoteCode } from './notes.ts'
export type {
  CompleteResponseVerdict,
  FinishedResponse,
  IncompleteResponseVerdict,
  PartialResponseCall,
  ResponseAccumulator,
  ResponseAccumulatorOptions,
  ResponseCursor,
  ResponseDelta,
  ResponseIncompleteReason,
  ResponseStreamEnd,
  ResponseVerdict,
  ResponseVerdictDetails,
} from './accumulator-types.ts'
export type { ServerError } from '../server-error.ts'
