import {
  is,
  listOf,
  nullable,
  objectWith,
  oneOf,
  recordOf,
  type Rule,
  schema,
  type Schema,
} from '../schema/standard.ts'
import type { ModelResponse, OutputItem, ResponseEvent } from './types.ts'
import { isWire } from './wire.ts'

type Fields = Readonly<Record<string, Rule>>

const string = is('a string', (value) => typeof value === 'string')
const number = is('a number', (value) => typeof value === 'number')
const boolean = is('a boolean', (value) => typeof value === 'boolean')
const count = is('a whole number from 0', (value) => Number.isInteger(value) && Number(value) >= 0)
const object = recordOf(() => {})
const anything: Rule = () => {}
const text = nullable(string)

/** The rule for the type of an object. Types that are not listed are open: they only need a name. */
function byType(rules: ReadonlyMap<string, Rule>): Rule {
  const unknown = objectWith({ type: string })
  return (value, at, report) => {
    const type = isWire(value) ? value['type'] : undefined
    const rule = typeof type === 'string' ? rules.get(type) : undefined
    ;(rule ?? unknown)(value, at, report)
  }
}

const types = (rows: Readonly<Record<string, Fields>>): Rule =>
  byType(new Map(Object.entries(rows).map(([type, fields]) => [type, objectWith(fields)])))

// Parts

const logprob = { token: string, logprob: number }
const logprobs = listOf(
  objectWith({ ...logprob, 'bytes?': nullable(listOf(count)), 'top_logprobs?': listOf(object) }),
)
const annotation = types({
  file_citation: { file_id: string, filename: string, index: count },
  url_citation: { url: string, title: string, start_index: count, end_index: count },
  container_file_citation: {
    container_id: string,
    file_id: string,
    filename: string,
    start_index: count,
    end_index: count,
  },
  file_path: { file_id: string, index: count },
})
const part = types({
  output_text: { text: string, annotations: listOf(annotation), 'logprobs?': logprobs },
  refusal: { refusal: string },
  reasoning_text: { text: string },
})
const summary = types({ summary_text: { text: string } })
const shellOutput = objectWith({
  stdout: string,
  stderr: string,
  outcome: types({ timeout: {}, exit: { exit_code: number } }),
})
const callOutput: Rule = (value, at, report) => {
  if (typeof value !== 'string') listOf(objectWith({ type: string }))(value, at, report)
}

// Items

const called = { call_id: string, name: string }
const itemFields: Readonly<Record<string, Fields>> = {
  message: {
    id: string,
    role: oneOf('assistant'),
    status: string,
    content: listOf(part),
    'phase?': text,
  },
  reasoning: {
    id: string,
    summary: listOf(summary),
    'content?': listOf(part),
    'encrypted_content?': text,
    'status?': string,
  },
  function_call: {
    ...called,
    arguments: string,
    'id?': string,
    'status?': string,
    'namespace?': string,
  },
  function_call_output: { id: string, output: callOutput, status: string, 'call_id?': string },
  custom_tool_call: { ...called, input: string, 'id?': string, 'namespace?': string },
  custom_tool_call_output: { id: string, call_id: string, output: callOutput, status: string },
  mcp_call: {
    id: string,
    name: string,
    arguments: string,
    server_label: string,
    'output?': text,
    'status?': string,
  },
  mcp_list_tools: {
    id: string,
    server_label: string,
    tools: listOf(objectWith({ name: string, input_schema: anything })),
    'error?': text,
  },
  mcp_approval_request: { id: string, name: string, arguments: string, server_label: string },
  mcp_approval_response: {
    id: string,
    approval_request_id: string,
    approve: boolean,
    'reason?': text,
  },
  code_interpreter_call: {
    id: string,
    code: text,
    container_id: string,
    outputs: nullable(listOf(types({ logs: { logs: string }, image: { url: string } }))),
    status: string,
  },
  file_search_call: {
    id: string,
    queries: listOf(string),
    status: string,
    'results?': nullable(listOf(object)),
  },
  web_search_call: { id: string, action: object, status: string },
  image_generation_call: { id: string, result: text, status: string },
  computer_call: {
    id: string,
    call_id: string,
    pending_safety_checks: listOf(object),
    status: string,
    'action?': object,
    'actions?': listOf(object),
  },
  computer_call_output: { id: string, call_id: string, output: object, status: string },
  local_shell_call: {
    id: string,
    call_id: string,
    action: objectWith({ command: listOf(string), env: recordOf(string) }),
    status: string,
  },
  local_shell_call_output: { id: string, output: string, 'status?': text },
  shell_call: {
    id: string,
    call_id: string,
    action: objectWith({
      commands: listOf(string),
      max_output_length: nullable(number),
      timeout_ms: nullable(number),
    }),
    environment: nullable(object),
    status: string,
  },
  shell_call_output: {
    id: string,
    call_id: string,
    max_output_length: nullable(number),
    output: listOf(shellOutput),
    status: string,
  },
  apply_patch_call: {
    id: string,
    call_id: string,
    operation: types({
      create_file: { path: string, diff: string },
      update_file: { path: string, diff: string },
      delete_file: { path: string },
    }),
    status: string,
  },
  apply_patch_call_output: { id: string, call_id: string, status: string, 'output?': text },
  tool_search_call: {
    id: string,
    arguments: anything,
    call_id: text,
    execution: string,
    status: string,
  },
  tool_search_output: {
    id: string,
    call_id: text,
    execution: string,
    status: string,
    tools: listOf(object),
  },
  additional_tools: { id: string, role: string, tools: listOf(object) },
  program: { id: string, call_id: string, code: string, fingerprint: string },
  program_output: { id: string, call_id: string, result: string, status: string },
  compaction: { id: string, encrypted_content: string },
}
const item = types(itemFields)

// The response

const usage = objectWith({
  input_tokens: count,
  input_tokens_details: objectWith({ cached_tokens: count }),
  output_tokens: count,
  output_tokens_details: objectWith({ reasoning_tokens: count }),
  total_tokens: count,
})
const response = objectWith({
  id: string,
  object: oneOf('response'),
  created_at: number,
  model: string,
  output: listOf(item),
  error: nullable(objectWith({ code: string, message: string })),
  incomplete_details: nullable(objectWith({ 'reason?': string })),
  instructions: anything,
  metadata: nullable(recordOf(string)),
  parallel_tool_calls: boolean,
  temperature: nullable(number),
  tool_choice: anything,
  tools: listOf(object),
  top_p: nullable(number),
  'status?': string,
  'usage?': nullable(usage),
})

// Events

const at = { sequence_number: count, output_index: count, item_id: string }
const inContent = { ...at, content_index: count }
const inSummary = { ...at, summary_index: count }
const command = { sequence_number: count, output_index: count, command_index: count }
const delta = { delta: string }

/** The same fields under several names that share a beginning. */
const each = (start: string, ends: readonly string[], fields: Fields): Record<string, Fields> =>
  Object.fromEntries(ends.map((end) => [`response.${start}${end}`, fields]))

const event = types({
  ...each('', ['created', 'queued', 'in_progress', 'completed', 'incomplete', 'failed'], {
    sequence_number: count,
    response,
  }),
  error: { sequence_number: count, code: text, message: string, param: text },
  ...each('output_item.', ['added', 'done'], { sequence_number: count, output_index: count, item }),
  ...each('content_part.', ['added', 'done'], { ...inContent, part }),
  'response.output_text.delta': { ...inContent, ...delta, logprobs },
  'response.output_text.done': { ...inContent, text: string, logprobs },
  'response.output_text.annotation.added': {
    ...inContent,
    annotation: nullable(annotation),
    annotation_index: count,
  },
  'response.refusal.delta': { ...inContent, ...delta },
  'response.refusal.done': { ...inContent, refusal: string },
  'response.reasoning_text.delta': { ...inContent, ...delta },
  'response.reasoning_text.done': { ...inContent, text: string },
  ...each('reasoning_summary_part.', ['added', 'done'], { ...inSummary, part: summary }),
  'response.reasoning_summary_text.delta': { ...inSummary, ...delta },
  'response.reasoning_summary_text.done': { ...inSummary, text: string },
  'response.function_call_arguments.delta': { ...at, ...delta },
  'response.function_call_arguments.done': { ...at, arguments: string },
  'response.custom_tool_call_input.delta': { ...at, ...delta },
  'response.custom_tool_call_input.done': { ...at, input: string },
  'response.mcp_call_arguments.delta': { ...at, ...delta },
  'response.mcp_call_arguments.done': { ...at, arguments: string },
  'response.code_interpreter_call_code.delta': { ...at, ...delta },
  'response.code_interpreter_call_code.done': { ...at, code: string },
  ...each('code_interpreter_call.', ['in_progress', 'interpreting', 'completed'], at),
  ...each('file_search_call.', ['in_progress', 'searching', 'completed'], at),
  ...each('web_search_call.', ['in_progress', 'searching', 'completed'], at),
  ...each('image_generation_call.', ['in_progress', 'generating', 'completed'], at),
  ...each('mcp_call.', ['in_progress', 'completed', 'failed'], at),
  ...each('mcp_list_tools.', ['in_progress', 'completed', 'failed'], at),
  ...each('compaction.', ['compacting'], at),
  'response.image_generation_call.partial_image': {
    ...at,
    partial_image_b64: string,
    partial_image_index: count,
  },
  ...each('shell_call_command.', ['added', 'done'], { ...command, command: string }),
  'response.shell_call_command.delta': { ...command, ...delta },
  'response.shell_call_output_content.delta': {
    ...command,
    item_id: string,
    delta: objectWith({ 'stdout?': string, 'stderr?': string }),
  },
  'response.shell_call_output_content.done': {
    ...command,
    item_id: string,
    output: listOf(shellOutput),
  },
  ...each('audio.', ['delta', 'transcript.delta'], { sequence_number: count, ...delta }),
  ...each('audio.', ['done', 'transcript.done'], { sequence_number: count }),
})

/**
 * An event of a stream, as the official API documents it. Events, items and parts of other types are valid if they have
 * a `type`.
 *
 * @example
 * ```ts
 * import { responseEvent } from '@tesserae/openai/responses/schema'
 *
 * const event = { type: 'response.refusal.delta', item_id: 'msg_1', output_index: 0, delta: 'No' }
 * const { issues } = responseEvent['~standard'].validate(event)
 * issues?.map(({ path }) => path[0]) // => ['sequence_number', 'content_index']
 * ```
 */
export const responseEvent: Schema<ResponseEvent> = schema(event)

/** An item of the output of a response. */
export const outputItem: Schema<OutputItem> = schema(item)

/** A response that was not streamed. */
export const modelResponse: Schema<ModelResponse> = schema(response)
