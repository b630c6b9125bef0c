export { byteByByte, cuts, everyCut, everyPairOfCuts, inChunksOf, seededCuts, withEmptyChunks } from './cuts.ts'
export { TestkitError, type TestkitErrorCode } from './errors.ts'
export { referenceParse } from './reference.ts'
export { referenceDecode } from './utf8.ts'
export type {
  AllCutsOptions,
  ChunkMemory,
  Cut,
  CutOptions,
  PendingBlock,
  ReferenceEvent,
  ReferenceOptions,
  ReferenceResult,
} from './types.ts'
