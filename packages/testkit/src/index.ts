export { manualClock } from './streams/clock.ts'
export { fitExponent, measureExponent, recogniseQuadratic } from './complexity/measure.ts'
export {
  byteByByte,
  cuts,
  everyCut,
  everyPairOfCuts,
  inChunksOf,
  seededCuts,
  withEmptyChunks,
} from './streams/cuts.ts'
export { TestkitError, type TestkitErrorCode } from './errors.ts'
export { referenceParse } from './reference/parse.ts'
export { endless, sourceOf } from './streams/sources.ts'
export { referenceDecode } from './reference/decode-utf8.ts'
export { watchedSignal } from './streams/watched-signal.ts'
export type {
  AllCutsOptions,
  ChunkMemory,
  Clock,
  CostPoint,
  Cut,
  CutOptions,
  Growth,
  ManualClock,
  MeasureOptions,
  PendingBlock,
  ReferenceEvent,
  ReferenceOptions,
  ReferenceResult,
  SourceOptions,
  SourceOutcome,
  TestSource,
  WatchedSignal,
} from './types.ts'
