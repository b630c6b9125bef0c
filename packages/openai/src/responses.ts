export { ModelStreamError } from './responses/errors.ts'
export { createAccumulator } from './responses/response-accumulator.ts'
export { accumulate, readDeltas } from './responses/accumulate.ts'
export { readEvents } from './responses/read-events.ts'
export { split } from './responses/split.ts'
export { outputTextOf, reasoningOf } from './responses/text.ts'
export { toEvents } from './responses/to-events.ts'
export type { ModelStreamErrorConstructor } from './responses/errors.ts'
export type { ReadOptions } from './responses/feed.ts'
export type { ResponseNote, ResponseNoteCode } from './responses/notes.ts'
export type { ReadEventsOptions } from './responses/read-events.ts'
export type { AccumulatedResponse, AccumulateOptions, Resume } from './responses/run.ts'
export type { SplitOptions } from './responses/split.ts'
export type { ToEventsOptions } from './responses/to-events.ts'
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
} from './responses/accumulator-types.ts'
export type { ModelStreamErrorCode, ModelStreamErrorDetails } from './errors.ts'
export type { ChunkSource, EventLike } from './read/source.ts'
export type { ServerError } from './server-error.ts'
export type { ChunkEvent } from './split/chunk-event.ts'
export type { Granularity } from './split/pieces.ts'
