export { ModelStreamError } from './errors.ts'
export { createAccumulator } from './accumulator/accumulator.ts'
export { textOf, reasoningOf } from './accumulator/reasoning.ts'
export type { ModelStreamErrorCode, ModelStreamErrorDetails } from './errors.ts'
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
