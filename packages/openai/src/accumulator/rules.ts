/** The rules that have a name. */
export const RULE_NAMES = [
  'first',
  'last',
  'concat',
  'append',
  'replace',
  'merge',
  'parts',
  'blocks',
  'drop',
] as const

/**
 * How the values that a field is given, chunk by chunk, become one.
 *
 * - `first`: the first that is not empty.
 * - `last`: the last that is not empty; null and `''` stand only where nothing else came. So is every unknown field.
 * - `concat`: text grows. Null adds nothing; a value that is not text is added as its JSON.
 * - `append`: lists grow. A value that is not a list is treated as `last`.
 * - `replace`: lists grow, and an item replaces the one with the same `index`.
 * - `merge`: each field of an object is `last`.
 * - `parts`: text grows, and so do lists of parts, text at the end of one by the text at the start of the next.
 * - `blocks`: lists of reasoning blocks grow, and so does the last block, while it is the same and unsealed.
 * - `drop`: padding, and copies of what is already there.
 * - a function: what it makes of the value before (`undefined` at first) and the new one. It must not change either.
 */
export type MergeRule =
  | (typeof RULE_NAMES)[number]
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

const padding: RuleTable = { obfuscation: 'drop', p: 'drop', nonce: 'drop' }

/** The table. `choices`, `delta`, `tool_calls` and `error` are not in it: they have code of their own. */
export const chunkRules: RuleTable = {
  ...padding,
  id: 'first',
  created: 'first',
  object: 'drop',
  x_groq: 'merge',
}

export const choiceRules: RuleTable = {
  ...padding,
  index: 'drop',
  text: 'concat',
  logprobs: { '*': 'append' },
  token_ids: 'append',
  content_filter_results: 'merge',
}

export const deltaRules: RuleTable = {
  ...padding,
  index: 'drop',
  token_id: 'drop',
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

/** The resolver of tool calls reads these fields itself; every other field of a call has a rule. */
export const toolCallRules: RuleTable = {
  index: 'drop',
  id: 'drop',
  type: 'drop',
  function: 'drop',
  custom: 'drop',
}
export const toolBodyRules: RuleTable = { name: 'drop', arguments: 'drop', input: 'drop' }

/** What a finish reason says about the choice. A word that is not listed says that the choice is complete. */
export type Ending =
  /** The model was cut by a limit of tokens. */
  | 'length'
  /** A filter withheld the rest. */
  | 'content_filter'
  /** The server gave up. */
  | 'failed'
  | 'complete'

const endings: Readonly<Record<string, Ending>> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  content_filter: 'content_filter',
  sensitive: 'content_filter',
  safety: 'content_filter',
  abort: 'failed',
  aborted: 'failed',
  cancelled: 'failed',
  canceled: 'failed',
  error: 'failed',
  network_error: 'failed',
  insufficient_system_resource: 'failed',
}

/** `native` is the word of the server behind a gateway: it counts where the gateway's word says nothing worse. */
export function endingOf(reason: string, native?: unknown): Ending {
  const ending = lookUp(reason)
  return ending === 'complete' && typeof native === 'string' ? lookUp(native) : ending
}

function lookUp(reason: string): Ending {
  const word = reason.toLowerCase()
  return Object.hasOwn(endings, word) ? (endings[word] ?? 'complete') : 'complete'
}
