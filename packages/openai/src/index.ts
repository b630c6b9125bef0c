export { ModelStreamError, ParseError } from './errors.ts'
export { createAccumulator } from './accumulator/accumulator.ts'
export { textOf, reasoningOf } from './accumulator/reasoning.ts'
export { tap } from './gateway/tap.ts'
export { parseArguments, parseContent } from './message/parse.ts'
export { accumulate } from './read/accumulate.ts'
export { readDeltas, readSnapshots } from './read/read-deltas.ts'
export { readChunks } from './read/read-chunks.ts'
export { toEvents } from './split/events.ts'
export { split } from './split/split.ts'
export { toResponse } from './split/to-response.ts'
export { createChunkWriter } from './split/writer.ts'
export type { ModelStreamErrorCode, ModelStreamErrorDetails, ParseErrorCode } from './errors.ts'
export type { Tapped, TapOptions } from './gateway/tap.ts'
export type { CallWithArguments } from './message/parse.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './message/standard-schema.ts'
export type { ToResponseOptions } from './split/to-response.ts'
export type { Accumulated, AccumulateOptions } from './read/run.ts'
export type { Progress } from './read/read-deltas.ts'
export type { WatchOptions } from './read/watch.ts'
export type { ReadChunksOptions } from './read/read-chunks.ts'
export type { ReadOptions } from './read/reading.ts'
export type { ChunkSource, EventLike } from './read/source.ts'
export type { Note, NoteCode } from './accumulator/notes.ts'
export type { CustomRules, MergeRule, RuleTable } from './accumulator/rules.ts'
export type {
  Accumulator,
  AccumulatorOptions,
  CompleteVerdict,
  Delta,
  Finished,
  IncompleteReason,
  IncompleteVerdict,
  PartialToolCall,
  StreamEnd,
  Verdict,
  VerdictDetails,
} from './accumulator/types.ts'
export type { ServerError } from './server-error.ts'
export type { ChunkEvent } from './split/chunk-event.ts'
export type { ToEventsOptions } from './split/events.ts'
export type { Granularity } from './split/pieces.ts'
export type { SplitOptions } from './split/split.ts'
export type { ChunkHead, ChunkWriter } from './split/writer.ts'
