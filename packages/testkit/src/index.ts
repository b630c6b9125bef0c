export { manualClock } from './clock.ts'
export { fitExponent, measureExponent, recogniseQuadratic } from './complexity.ts'
export {
  byteByByte,
  cuts,
  everyCut,
  everyPairOfCuts,
  inChunksOf,
  seededCuts,
  withEmptyChunks,
} from './cuts.ts'
export { TestkitError, type TestkitErrorCode } from './errors.ts'
export { referenceParse } from './reference.ts'
export { endless, sourceOf } from './sources.ts'
export { referenceDecode } from './utf8.ts'
export { watchedSignal } from './watched-signal.ts'
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
