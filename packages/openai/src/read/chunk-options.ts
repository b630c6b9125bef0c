import { RULES } from '../accumulator/rules-option.ts'
import { checkOptions, DIALECT, type Kinds, oneOf } from '../options.ts'
import { OF_EVERY_READER } from './options.ts'

const OF_CHUNKS: Kinds = /* @__PURE__ */ Object.assign({}, OF_EVERY_READER, {
  dialect: DIALECT,
  rules: RULES,
  only: oneOf('usage'),
} satisfies Kinds)

/** Checks the options of a function that reads chunks. Options of another such function are accepted: callers share them. */
export function checkOfChunks(options: object): void {
  checkOptions(options, OF_CHUNKS)
}
