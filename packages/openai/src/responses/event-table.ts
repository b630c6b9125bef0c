// What each event does, as tables. The accumulator has one function for each verb, and knows no event by name.

/** The lists of an item that grow part by part. */
export type ListName = 'content' | 'summary' | 'commands' | 'output'

/** What an event does to the response. */
export type Verb =
  /** Merges `response` into the response. Without a `state`, the event never ends it. */
  | 'response'
  | 'error'
  | 'open item'
  | 'close item'
  | 'open part'
  | 'close part'
  /** Appends `from` to the text `field`. */
  | 'grow'
  /** Puts `from` in the place of the text `field`, unless it brings nothing. */
  | 'end'
  | 'annotate'
  /** Sets `status`, if the item has one. */
  | 'state'
  /** Not part of the response: passed to `onDelta`. */
  | 'image'
  | 'audio'
  | 'audio-transcript'
  | 'nothing'

export interface Rule {
  readonly does: Verb
  /** The types of the items that the event may belong to, the likeliest first. */
  readonly kinds: readonly string[]
  /** The list of the item. Without one, the text is a field of the item; `diff` is a field of its `operation`. */
  readonly list?: ListName | undefined
  /** The type of a part that names none. */
  readonly part: string
  readonly field: string
  readonly from: string
  readonly state?: string | undefined
}

/** A text, with its events `.delta` and `.done`. */
export type TextRow = readonly [
  event: string,
  item: string,
  field: string,
  list?: ListName,
  part?: string,
  whole?: string,
]

export const TEXTS: readonly TextRow[] = [
  ['output_text', 'message', 'text', 'content', 'output_text'],
  ['refusal', 'message', 'refusal', 'content', 'refusal'],
  ['reasoning_text', 'reasoning', 'text', 'content', 'reasoning_text'],
  ['reasoning_summary_text', 'reasoning', 'text', 'summary', 'summary_text'],
  ['shell_call_command', 'shell_call', 'text', 'commands', 'command', 'command'],
  ['function_call_arguments', 'function_call', 'arguments'],
  ['custom_tool_call_input', 'custom_tool_call', 'input'],
  ['mcp_call_arguments', 'mcp_call', 'arguments'],
  ['code_interpreter_call_code', 'code_interpreter_call', 'code'],
  ['apply_patch_call_operation_diff', 'apply_patch_call', 'diff'],
]

/** Parts, each with its events `.added` and `.done`. */
const PARTS: readonly (readonly [
  event: string,
  items: readonly string[],
  list: ListName,
  part: string,
])[] = [
  ['content_part', ['message', 'reasoning'], 'content', 'output_text'],
  // vLLM and Bedrock.
  ['reasoning_part', ['reasoning'], 'content', 'reasoning_text'],
  ['reasoning_summary_part', ['reasoning'], 'summary', 'summary_text'],
]

/** Items that the server works on, and the states that it tells: each kind may have each. */
const WORKING =
  'mcp_call mcp_list_tools code_interpreter_call file_search_call web_search_call image_generation_call compaction'
const STATES = 'in_progress searching interpreting generating compacting completed failed'

/** Events of their own. */
const OTHERS: readonly (readonly [events: string, does: Verb, more?: Partial<Rule>])[] = [
  ['created queued in_progress', 'response'],
  // `done` is sent by ChatGPT's backend.
  ['completed done', 'response', { state: 'completed' }],
  ['incomplete', 'response', { state: 'incomplete' }],
  ['failed', 'response', { state: 'failed' }],
  ['cancelled', 'response', { state: 'cancelled' }],
  ['error', 'error'],
  ['output_item.added', 'open item'],
  ['output_item.done', 'close item'],
  ['output_text.annotation.added', 'annotate', { kinds: ['message'] }],
  [
    'shell_call_command.added',
    'open part',
    { kinds: ['shell_call'], list: 'commands', part: 'command', from: 'command' },
  ],
  [
    'shell_call_output_content.delta',
    'grow',
    { kinds: ['shell_call_output'], list: 'output', from: 'delta' },
  ],
  [
    'shell_call_output_content.done',
    'close part',
    { kinds: ['shell_call_output'], list: 'output' },
  ],
  ['image_generation_call.partial_image', 'image', { kinds: ['image_generation_call'] }],
  ['audio.delta', 'audio'],
  ['audio.transcript.delta', 'audio-transcript'],
  // Heartbeats of OpenAI and OpenRouter are among them.
  ['audio.done audio.transcript.done keepalive keep_alive', 'nothing'],
]

/** Beginnings of names in other versions of the API, for the same events. */
const ALIASES: readonly (readonly [other: string, current: string])[] = [
  ['output_text_annotation.', 'output_text.annotation.'],
  ['reasoning.', 'reasoning_text.'],
  ['reasoning_summary.', 'reasoning_summary_text.'],
  ['mcp_call.arguments_', 'mcp_call_arguments.'],
  ['code_interpreter_call.code.', 'code_interpreter_call_code.'],
]

const PREFIX = 'response.'
/** The prefix is left out here. */
const BARE = ['error', 'keepalive']

const RULES: ReadonlyMap<string, Rule> = /* @__PURE__ */ rules()

function rules(): Map<string, Rule> {
  const table = new Map<string, Rule>()
  const add = (events: string, does: Verb, more: Partial<Rule> = {}): void => {
    const rule = { does, kinds: [], part: '', field: '', from: '', ...more }
    for (const event of events.split(' '))
      table.set(BARE.includes(event) ? event : PREFIX + event, rule)
  }
  for (const [event, kind, field, list, part = '', whole = field] of TEXTS) {
    const text = { kinds: [kind], list, part, field }
    add(`${event}.delta`, 'grow', { ...text, from: 'delta' })
    add(`${event}.done`, 'end', { ...text, from: whole })
  }
  for (const [event, kinds, list, part] of PARTS) {
    add(`${event}.added`, 'open part', { kinds, list, part })
    add(`${event}.done`, 'close part', { kinds, list, part })
  }
  for (const kind of WORKING.split(' '))
    for (const state of STATES.split(' '))
      add(`${kind}.${state}`, 'state', { kinds: [kind], state })
  for (const row of OTHERS) add(...row)
  return table
}

/** The current name of an event. */
export function currentName(type: string): string {
  if (RULES.has(type) || !type.startsWith(PREFIX)) return type
  const name = type.slice(PREFIX.length)
  if (BARE.includes(name)) return name
  const alias = ALIASES.find(([other]) => name.startsWith(other))
  const current = alias ? PREFIX + alias[1] + name.slice(alias[0].length) : type
  return RULES.has(current) ? current : type
}

/** What an event of this type does; `undefined` if the type is not known. */
export function ruleOf(type: unknown): Rule | undefined {
  return typeof type === 'string' ? (RULES.get(type) ?? RULES.get(currentName(type))) : undefined
}
