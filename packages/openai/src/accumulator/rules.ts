/**
 * How the values that a field is given, chunk by chunk, become one.
 *
 * - `first`: the first that is not empty.
 * - `last`: the last that is not empty; null and `''` stand only where nothing else came. So is every unknown field.
 * - `concat`: text grows. Null adds nothing; what is no text is added as its JSON.
 * - `append`: lists grow. What is no list is treated as `last`.
 * - `replace`: lists grow, and an item replaces the one with the same `index`.
 * - `merge`: each field of an object is `last`.
 * - `parts`: text grows, and so do lists of parts, text at the end of one by the text at the start of the next.
 * - `blocks`: lists of reasoning blocks grow, and so does the last block, while it is the same and unsealed.
 * - `drop`: padding, and copies of what is already there.
 * - a function: what it makes of the value before (`undefined` at first) and the new one. It must not change either.
 */
export type MergeRule =
  | 'first'
  | 'last'
  | 'concat'
  | 'append'
  | 'replace'
  | 'merge'
  | 'parts'
  | 'blocks'
  | 'drop'
  | RuleTable
  | ((before: unknown, value: unknown) => unknown)

/** Rules by the names of fields. What is not named is `last`, unless `*` says otherwise. */
export interface RuleTable {
  readonly [field: string]: MergeRule
}

/** Rules of your own, for fields that your server adds. They go before those of this package. */
export interface CustomRules {
  /** For fields beside `choices`. */
  readonly chunk?: RuleTable | undefined
  /** For fields beside `delta`. */
  readonly choice?: RuleTable | undefined
  /** For fields of `delta`, which become fields of the message. */
  readonly delta?: RuleTable | undefined
}

/** The table. `choices`, `delta`, `tool_calls` and `error` are not in it: they have code of their own. */
export const chunkRules: RuleTable = {
  id: 'first',
  created: 'first',
  object: 'drop',
  x_groq: 'merge',
  obfuscation: 'drop',
  p: 'drop',
  nonce: 'drop',
}

export const choiceRules: RuleTable = {
  index: 'drop',
  text: 'concat',
  logprobs: { '*': 'append' },
  token_ids: 'append',
  content_filter_results: 'merge',
}

export const deltaRules: RuleTable = {
  role: 'first',
  content: 'parts',
  refusal: 'concat',
  reasoning_content: 'concat',
  reasoning: 'concat',
  reasoning_details: 'blocks',
  function_call: { name: 'first', arguments: 'concat' },
  audio: { id: 'first', data: 'concat', transcript: 'concat' },
  annotations: 'append',
  images: 'append',
  executed_tools: 'replace',
}

/** What the resolver of tool calls reads itself is not merged by rule; what else may be in one is. */
export const toolCallRules: RuleTable = {
  index: 'drop',
  id: 'drop',
  type: 'drop',
  function: 'drop',
  custom: 'drop',
}
export const toolBodyRules: RuleTable = { name: 'drop', arguments: 'drop', input: 'drop' }
