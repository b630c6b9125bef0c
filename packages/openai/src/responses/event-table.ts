// What each event does, as a table. The accumulator has one function for each verb and knows no event by name.

/** The lists of an item that grow part by part. */
export type ListName = 'content' | 'summary' | 'commands' | 'output'

/** The text of an item that grows outside of a list. `diff` is a field of `operation`. */
export type FieldName = 'arguments' | 'input' | 'code' | 'diff'

/** What an event does to the response. */
export type Rule =
  /** Merges `response` into the response. Events that open a response never end it. */
  | { readonly does: 'lifecycle'; readonly opens: boolean; readonly status?: string }
  | { readonly does: 'error' }
  | { readonly does: 'open item' | 'close item' }
  /** `part` is the type of a part that names none. */
  | {
      readonly does: 'open part' | 'close part'
      readonly kinds: readonly string[]
      readonly list: ListName
      readonly part: string
    }
  /** Adds `from` to the text `field` of a part. */
  | GrowPart
  /** Adds `from` to the text `field` of an item. */
  | GrowField
  | { readonly does: 'annotate'; readonly kinds: readonly string[] }
  /** Sets `status`, if the item has one. */
  | { readonly does: 'state'; readonly kinds: readonly string[]; readonly state: string }
  /** Is not part of the response: passed to `onDelta`. */
  | { readonly does: 'image'; readonly kinds: readonly string[] }
  | { readonly does: 'audio' | 'audio-transcript' }
  | { readonly does: 'nothing' }

/** `grow` appends; `end` replaces, unless it brings nothing. */
export interface GrowPart {
  readonly does: 'grow part' | 'end part'
  readonly kinds: readonly string[]
  readonly list: ListName
  readonly part: string
  readonly field: string
  readonly from: string
}

export interface GrowField {
  readonly does: 'grow field' | 'end field'
  readonly kinds: readonly string[]
  readonly field: FieldName
  readonly from: string
}

const MESSAGE = ['message']
const REASONING = ['reasoning']

type Row = readonly [name: string, rule: Rule]

/** A text of parts: its `.delta` and its `.done`. */
const partText = (
  name: string,
  kinds: readonly string[],
  list: ListName,
  part: string,
  field = 'text',
): Row[] => [
  [`${name}.delta`, { does: 'grow part', kinds, list, part, field, from: 'delta' }],
  [`${name}.done`, { does: 'end part', kinds, list, part, field, from: field }],
]

/** A text of an item: its `.delta` and its `.done`. */
const itemText = (name: string, kind: string, field: FieldName): Row[] => [
  [`${name}.delta`, { does: 'grow field', kinds: [kind], field, from: 'delta' }],
  [`${name}.done`, { does: 'end field', kinds: [kind], field, from: field }],
]

const states = (kind: string, ...names: readonly string[]): Row[] =>
  names.map((state) => [`${kind}.${state}`, { does: 'state', kinds: [kind], state }])

const parts = (
  name: string,
  kinds: readonly string[],
  list: 'content' | 'summary',
  part: string,
): Row[] => [
  [`${name}.added`, { does: 'open part', kinds, list, part }],
  [`${name}.done`, { does: 'close part', kinds, list, part }],
]

const ROWS: readonly Row[] = [
  ['created', { does: 'lifecycle', opens: true }],
  ['queued', { does: 'lifecycle', opens: true }],
  ['in_progress', { does: 'lifecycle', opens: true }],
  ['completed', { does: 'lifecycle', opens: false, status: 'completed' }],
  ['incomplete', { does: 'lifecycle', opens: false, status: 'incomplete' }],
  ['failed', { does: 'lifecycle', opens: false, status: 'failed' }],
  ['cancelled', { does: 'lifecycle', opens: false, status: 'cancelled' }],
  // ChatGPT's backend, in place of `completed`.
  ['done', { does: 'lifecycle', opens: false, status: 'completed' }],
  ['error', { does: 'error' }],
  ['output_item.added', { does: 'open item' }],
  ['output_item.done', { does: 'close item' }],
  ...parts('content_part', ['message', 'reasoning'], 'content', 'output_text'),
  // vLLM and Bedrock.
  ...parts('reasoning_part', REASONING, 'content', 'reasoning_text'),
  ...parts('reasoning_summary_part', REASONING, 'summary', 'summary_text'),
  ...partText('output_text', MESSAGE, 'content', 'output_text'),
  ...partText('refusal', MESSAGE, 'content', 'refusal', 'refusal'),
  ...partText('reasoning_text', REASONING, 'content', 'reasoning_text'),
  ...partText('reasoning_summary_text', REASONING, 'summary', 'summary_text'),
  ['output_text.annotation.added', { does: 'annotate', kinds: MESSAGE }],
  ...itemText('function_call_arguments', 'function_call', 'arguments'),
  ...itemText('custom_tool_call_input', 'custom_tool_call', 'input'),
  ...itemText('mcp_call_arguments', 'mcp_call', 'arguments'),
  ...itemText('code_interpreter_call_code', 'code_interpreter_call', 'code'),
  ...itemText('apply_patch_call_operation_diff', 'apply_patch_call', 'diff'),
  ...partText('shell_call_command', ['shell_call'], 'commands', 'command'),
  [
    'shell_call_command.added',
    { does: 'open part', kinds: ['shell_call'], list: 'commands', part: 'command' },
  ],
  [
    'shell_call_command.done',
    {
      does: 'end part',
      kinds: ['shell_call'],
      list: 'commands',
      part: 'command',
      field: 'text',
      from: 'command',
    },
  ],
  [
    'shell_call_output_content.delta',
    {
      does: 'grow part',
      kinds: ['shell_call_output'],
      list: 'output',
      part: '',
      field: '',
      from: 'delta',
    },
  ],
  [
    'shell_call_output_content.done',
    { does: 'close part', kinds: ['shell_call_output'], list: 'output', part: '' },
  ],
  ...states('mcp_call', 'in_progress', 'completed', 'failed'),
  ...states('mcp_list_tools', 'in_progress', 'completed', 'failed'),
  ...states('code_interpreter_call', 'in_progress', 'interpreting', 'completed'),
  ...states('file_search_call', 'in_progress', 'searching', 'completed'),
  ...states('web_search_call', 'in_progress', 'searching', 'completed'),
  ...states('image_generation_call', 'in_progress', 'generating', 'completed'),
  ...states('compaction', 'compacting'),
  ['image_generation_call.partial_image', { does: 'image', kinds: ['image_generation_call'] }],
  ['audio.delta', { does: 'audio' }],
  ['audio.transcript.delta', { does: 'audio-transcript' }],
  ['audio.done', { does: 'nothing' }],
  ['audio.transcript.done', { does: 'nothing' }],
  // Heartbeats of OpenAI and OpenRouter.
  ['keepalive', { does: 'nothing' }],
  ['keep_alive', { does: 'nothing' }],
]

/** Names that other versions of the API use for the same events. */
const ALIASES: Readonly<Record<string, string>> = {
  'response.output_text_annotation.added': 'response.output_text.annotation.added',
  'response.reasoning.delta': 'response.reasoning_text.delta',
  'response.reasoning.done': 'response.reasoning_text.done',
  'response.reasoning_summary.delta': 'response.reasoning_summary_text.delta',
  'response.reasoning_summary.done': 'response.reasoning_summary_text.done',
  'response.mcp_call.arguments_delta': 'response.mcp_call_arguments.delta',
  'response.mcp_call.arguments_done': 'response.mcp_call_arguments.done',
  'response.code_interpreter_call.code.delta': 'response.code_interpreter_call_code.delta',
  'response.code_interpreter_call.code.done': 'response.code_interpreter_call_code.done',
  'response.error': 'error',
  'response.keepalive': 'keepalive',
}

/** Names without the prefix. */
const BARE = ['error', 'keepalive']

const RULES: ReadonlyMap<string, Rule> = new Map(
  ROWS.map(([name, rule]) => [BARE.includes(name) ? name : `response.${name}`, rule]),
)

/** The current name of an event. */
export function currentName(type: string): string {
  return RULES.has(type) || !Object.hasOwn(ALIASES, type) ? type : (ALIASES[type] ?? type)
}

/** What an event with this name does; `undefined` if the name is not known. */
export function ruleOf(type: string): Rule | undefined {
  return (
    RULES.get(type) ?? (Object.hasOwn(ALIASES, type) ? RULES.get(ALIASES[type] ?? '') : undefined)
  )
}
