// What a Responses API server sends. The types are interchangeable with the types of the official client, which a test
// proves, except for `output_text`: the client adds it. All of them are open: a server may send events, items, parts and
// fields that are not listed here, and they are kept. To give a field of your server a type, merge it into an interface:
// `declare module '@tesserae/openai/responses/schema' { interface MessageItem { mood?: string } }`.

/**
 * A setting of the request, which the response repeats. The values have the types of your client's request, so they are
 * not described a second time here.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown` could not be assigned to the official types.
export type Echo = any

/** The state of a response. */
export type ResponseStatus =
  | 'completed'
  | 'failed'
  | 'in_progress'
  | 'cancelled'
  | 'queued'
  | 'incomplete'

type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** A response as the server returns it without streaming. */
export interface ModelResponse {
  id: string
  object: 'response'
  created_at: number
  model: Echo
  output: OutputItem[]
  error: ResponseFailure | null
  incomplete_details: { reason?: Echo } | null
  parallel_tool_calls: boolean
  access_programs: Echo
  instructions: Echo
  metadata: { [key: string]: string } | null
  temperature: number | null
  tool_choice: Echo
  tools: Echo[]
  top_p: number | null
  status?: ResponseStatus
  usage?: ResponseUsage
  completed_at?: number | null
  background?: boolean | null
  conversation?: { id: string } | null
  image?: Echo
  input_transformations?: Echo[]
  max_output_tokens?: number | null
  max_tool_calls?: number | null
  moderation?: Echo
  previous_response_id?: string | null
  prompt?: Echo
  prompt_cache_diagnostics?: Echo
  prompt_cache_key?: string | null
  prompt_cache_options?: Echo
  prompt_cache_retention?: Echo
  reasoning?: Echo
  safety_identifier?: string | null
  service_tier?: Echo
  text?: Echo
  tool_usage?: Echo
  top_logprobs?: number | null
  truncation?: 'auto' | 'disabled' | null
  user?: string
}

/** Why a response failed. The official list of codes is closed; servers send others. */
export interface ResponseFailure {
  code: Echo
  message: string
  misalignment?: Echo
  param?: string | null
  type?: string | null
}

/** Token counts. */
export interface ResponseUsage {
  input_tokens: number
  input_tokens_details: {
    cached_tokens: number
    cache_write_tokens: number
    cache_write_tokens_details?: { ttl_12h_tokens: number; ttl_30m_tokens: number }
  }
  output_tokens: number
  output_tokens_details: { reasoning_tokens: number }
  total_tokens: number
}

/** A part of a message or of the reasoning text. */
export type ContentPart = OutputTextPart | RefusalPart | ReasoningTextPart

/** Text of a message. */
export interface OutputTextPart {
  type: 'output_text'
  text: string
  annotations: TextAnnotation[]
  logprobs?: ResponseLogprob[]
}

/** A refusal. */
export interface RefusalPart {
  type: 'refusal'
  refusal: string
}

/** Reasoning, in full. */
export interface ReasoningTextPart {
  type: 'reasoning_text'
  text: string
}

/** One paragraph of the summary of the reasoning. */
export interface SummaryPart {
  type: 'summary_text'
  text: string
}

/** A source that the text refers to. */
export type TextAnnotation =
  | { type: 'file_citation'; file_id: string; filename: string; index: number }
  | { type: 'url_citation'; url: string; title: string; start_index: number; end_index: number }
  | {
      type: 'container_file_citation'
      container_id: string
      file_id: string
      filename: string
      start_index: number
      end_index: number
    }
  | { type: 'file_path'; file_id: string; index: number }

/** The log probability of a token, with its alternatives. */
export interface ResponseLogprob {
  token: string
  bytes: number[]
  logprob: number
  top_logprobs: { token: string; bytes: number[]; logprob: number }[]
}

/** The log probability of a token, as deltas have it. */
export interface DeltaLogprob {
  token: string
  logprob: number
  top_logprobs?: { token?: string; logprob?: number }[]
}

/** Whether the model or a program made a call. */
export type Caller = { type: 'direct' } | { type: 'program'; caller_id: string }

/** An item of `output`: 28 types. */
export type OutputItem =
  | MessageItem
  | ReasoningItem
  | FunctionCallItem
  | FunctionCallOutputItem
  | CustomToolCallItem
  | CustomToolCallOutputItem
  | McpCallItem
  | McpListToolsItem
  | McpApprovalRequestItem
  | McpApprovalResponseItem
  | CodeInterpreterCallItem
  | FileSearchCallItem
  | WebSearchCallItem
  | ImageGenerationCallItem
  | ComputerCallItem
  | ComputerCallOutputItem
  | LocalShellCallItem
  | LocalShellCallOutputItem
  | ShellCallItem
  | ShellCallOutputItem
  | ApplyPatchCallItem
  | ApplyPatchCallOutputItem
  | ToolSearchCallItem
  | ToolSearchOutputItem
  | AdditionalToolsItem
  | ProgramItem
  | ProgramOutputItem
  | CompactionItem

/** What the model says. */
export interface MessageItem {
  type: 'message'
  id: string
  role: 'assistant'
  status: ItemStatus
  content: (OutputTextPart | RefusalPart)[]
  phase?: 'commentary' | 'final_answer' | null
}

/** The reasoning before an answer or a call. */
export interface ReasoningItem {
  type: 'reasoning'
  id: string
  summary: SummaryPart[]
  content?: ReasoningTextPart[]
  encrypted_content?: string | null
  status?: ItemStatus
}

/** A call of a function that the caller runs. */
export interface FunctionCallItem {
  type: 'function_call'
  call_id: string
  name: string
  arguments: string
  id?: string
  status?: ItemStatus
  namespace?: string
  async?: boolean
  caller?: Caller | null
}

type CallOutput =
  | string
  | (
      | { type: 'input_text'; text: string; prompt_cache_breakpoint?: Echo }
      | {
          type: 'input_image'
          detail: 'low' | 'high' | 'auto' | 'original'
          file_id?: string | null
          image_url?: string | null
          prompt_cache_breakpoint?: Echo
        }
      | {
          type: 'input_file'
          detail?: 'auto' | 'low' | 'high'
          file_data?: string
          file_id?: string | null
          file_url?: string
          filename?: string
          prompt_cache_breakpoint?: Echo
        }
    )[]

/** What a function returned. */
export interface FunctionCallOutputItem {
  type: 'function_call_output'
  id: string
  output: CallOutput
  status: ItemStatus
  call_id?: string
  caller?: Caller | null
  created_by?: string
  name?: string
  namespace?: string
}

/** A call of a custom tool, whose input is any text. */
export interface CustomToolCallItem {
  type: 'custom_tool_call'
  call_id: string
  name: string
  input: string
  id?: string
  async?: boolean
  caller?: Caller | null
  namespace?: string
}

/** What a custom tool returned. */
export interface CustomToolCallOutputItem {
  type: 'custom_tool_call_output'
  id: string
  call_id: string
  output: CallOutput
  status: ItemStatus
  caller?: Caller | null
  created_by?: string
}

/** A call of a tool of an MCP server, which the model's server runs. */
export interface McpCallItem {
  type: 'mcp_call'
  id: string
  name: string
  arguments: string
  server_label: string
  approval_request_id?: string | null
  error?: Echo
  output?: string | null
  status?: ItemStatus | 'calling' | 'failed'
}

/** The tools of an MCP server. */
export interface McpListToolsItem {
  type: 'mcp_list_tools'
  id: string
  server_label: string
  tools: {
    name: string
    input_schema: unknown
    annotations?: unknown
    description?: string | null
  }[]
  error?: string | null
}

/** Asks whether a call may be made. */
export interface McpApprovalRequestItem {
  type: 'mcp_approval_request'
  id: string
  name: string
  arguments: string
  server_label: string
}

/** Says whether a call may be made. */
export interface McpApprovalResponseItem {
  type: 'mcp_approval_response'
  id: string
  approval_request_id: string
  approve: boolean
  reason?: string | null
}

/** A program that the model's server runs. */
export interface CodeInterpreterCallItem {
  type: 'code_interpreter_call'
  id: string
  code: string | null
  container_id: string
  outputs: ({ type: 'logs'; logs: string } | { type: 'image'; url: string })[] | null
  status: ItemStatus | 'interpreting' | 'failed'
}

/** A search in files. */
export interface FileSearchCallItem {
  type: 'file_search_call'
  id: string
  queries: string[]
  status: ItemStatus | 'searching' | 'failed'
  results?:
    | {
        attributes?: { [key: string]: string | number | boolean } | null
        file_id?: string
        filename?: string
        score?: number
        text?: string
      }[]
    | null
}

/** A search in the web. */
export interface WebSearchCallItem {
  type: 'web_search_call'
  id: string
  action:
    | {
        type: 'search'
        queries?: string[]
        query?: string
        sources?: { type: 'url'; url: string }[]
      }
    | { type: 'open_page'; url?: string | null }
    | { type: 'find_in_page'; pattern: string; url: string }
  status: ItemStatus | 'searching' | 'failed'
}

/** An image that the model's server makes. */
export interface ImageGenerationCallItem {
  type: 'image_generation_call'
  id: string
  result: string | null
  status: 'in_progress' | 'completed' | 'generating' | 'failed'
  action?: Echo
  background?: Echo
  error?: Echo
  output_format?: Echo
  quality?: Echo
  revised_prompt?: string | null
  size?: string | null
  svg_usage?: Echo
}

/** An action on a screen. */
export interface ComputerCallItem {
  type: 'computer_call'
  id: string
  call_id: string
  pending_safety_checks: { id: string; code?: string | null; message?: string | null }[]
  status: ItemStatus
  action?: Echo
  actions?: Echo[]
}

/** The screen after an action. */
export interface ComputerCallOutputItem {
  type: 'computer_call_output'
  id: string
  call_id: string
  output: { type: 'computer_screenshot'; file_id?: string; image_url?: string }
  status: ItemStatus | 'failed'
  acknowledged_safety_checks?: { id: string; code?: string | null; message?: string | null }[]
  created_by?: string
}

/** A command for the caller's shell. */
export interface LocalShellCallItem {
  type: 'local_shell_call'
  id: string
  call_id: string
  action: {
    type: 'exec'
    command: string[]
    env: { [key: string]: string }
    timeout_ms?: number | null
    user?: string | null
    working_directory?: string | null
  }
  status: ItemStatus
}

/** What the caller's shell printed. */
export interface LocalShellCallOutputItem {
  type: 'local_shell_call_output'
  id: string
  output: string
  status?: ItemStatus | null
}

/** Commands for a shell. */
export interface ShellCallItem {
  type: 'shell_call'
  id: string
  call_id: string
  action: { commands: string[]; max_output_length: number | null; timeout_ms: number | null }
  environment: { type: 'local' } | { type: 'container_reference'; container_id: string } | null
  status: ItemStatus
  caller?: Caller | null
  created_by?: string
}

/** What one command printed, and how it ended. */
export interface ShellOutput {
  outcome: { type: 'timeout' } | { type: 'exit'; exit_code: number }
  stderr: string
  stdout: string
  created_by?: string
}

/** What the commands printed. */
export interface ShellCallOutputItem {
  type: 'shell_call_output'
  id: string
  call_id: string
  max_output_length: number | null
  output: ShellOutput[]
  status: ItemStatus
  caller?: Caller | null
  created_by?: string
}

/** A change of a file. */
export interface ApplyPatchCallItem {
  type: 'apply_patch_call'
  id: string
  call_id: string
  operation:
    | { type: 'create_file'; path: string; diff: string }
    | { type: 'delete_file'; path: string }
    | { type: 'update_file'; path: string; diff: string }
  status: 'in_progress' | 'completed'
  caller?: Caller | null
  created_by?: string
}

/** Whether a change could be made. */
export interface ApplyPatchCallOutputItem {
  type: 'apply_patch_call_output'
  id: string
  call_id: string
  status: 'completed' | 'failed'
  output?: string | null
  caller?: Caller | null
  created_by?: string
}

/** A search for tools. */
export interface ToolSearchCallItem {
  type: 'tool_search_call'
  id: string
  arguments: unknown
  call_id: string | null
  execution: 'server' | 'client'
  status: ItemStatus
  created_by?: string
}

/** The tools that a search found. */
export interface ToolSearchOutputItem {
  type: 'tool_search_output'
  id: string
  call_id: string | null
  execution: 'server' | 'client'
  status: ItemStatus
  tools: Echo[]
  created_by?: string
}

/** Tools that were added. */
export interface AdditionalToolsItem {
  type: 'additional_tools'
  id: string
  role: Echo
  tools: Echo[]
}

/** A program that calls tools. */
export interface ProgramItem {
  type: 'program'
  id: string
  call_id: string
  code: string
  fingerprint: string
}

/** What a program returned. */
export interface ProgramOutputItem {
  type: 'program_output'
  id: string
  call_id: string
  result: string
  status: 'completed' | 'incomplete'
}

/** Earlier items, compacted. */
export interface CompactionItem {
  type: 'compaction'
  id: string
  encrypted_content: string
  created_by?: string
}

/** What every event has. */
export interface EventBase<Type extends string> {
  type: Type
  sequence_number: number
}

/** An event about the response as a whole. */
export interface LifecycleEvent<Type extends string> extends EventBase<Type> {
  response: ModelResponse
}

/** An event about one item. */
export interface ItemEvent<Type extends string> extends EventBase<Type> {
  output_index: number
  item_id: string
}

/** An event about one part of the content of an item. */
export interface ContentEvent<Type extends string> extends ItemEvent<Type> {
  content_index: number
}

/** An event about one part of the summary of an item. */
export interface SummaryEvent<Type extends string> extends ItemEvent<Type> {
  summary_index: number
}

/** An event that brings a whole item. */
export interface WholeItemEvent<Type extends string> extends EventBase<Type> {
  output_index: number
  item: OutputItem
}

/** An event about one command of a shell call. */
export interface CommandEvent<Type extends string> extends EventBase<Type> {
  output_index: number
  command_index: number
}

/** An error. The documentation has these fields; OpenAI sends them in `error`. */
export interface ErrorEvent extends EventBase<'error'> {
  code: string | null
  message: string
  param: string | null
}

/** The names of the events that only report the state of an item. */
export type StateEventType =
  | `response.code_interpreter_call.${'in_progress' | 'interpreting' | 'completed'}`
  | `response.file_search_call.${'in_progress' | 'searching' | 'completed'}`
  | `response.web_search_call.${'in_progress' | 'searching' | 'completed'}`
  | `response.image_generation_call.${'in_progress' | 'generating' | 'completed'}`
  | `response.mcp_call.${'in_progress' | 'completed' | 'failed'}`
  | `response.mcp_list_tools.${'in_progress' | 'completed' | 'failed'}`
  | 'response.compaction.compacting'

type Lifecycle = 'created' | 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed'

/** One type for each name of a union: a name decides which fields an event has. */
type EachLifecycle = { [Name in Lifecycle]: LifecycleEvent<`response.${Name}`> }[Lifecycle]
type EachState = { [Type in StateEventType]: ItemEvent<Type> }[StateEventType]
type EachItem = {
  [Name in 'added' | 'done']: WholeItemEvent<`response.output_item.${Name}`>
}['added' | 'done']

/** An event of a stream: 59 types. */
export type ResponseEvent =
  | EachLifecycle
  | EachState
  | EachItem
  | ErrorEvent
  | (ContentEvent<'response.content_part.added'> & { part: ContentPart })
  | (ContentEvent<'response.content_part.done'> & { part: ContentPart })
  | (ContentEvent<'response.output_text.delta'> & { delta: string; logprobs: DeltaLogprob[] })
  | (ContentEvent<'response.output_text.done'> & { text: string; logprobs: DeltaLogprob[] })
  | (ContentEvent<'response.output_text.annotation.added'> & {
      annotation: TextAnnotation | null
      annotation_index: number
    })
  | (ContentEvent<'response.refusal.delta'> & { delta: string })
  | (ContentEvent<'response.refusal.done'> & { refusal: string })
  | (ContentEvent<'response.reasoning_text.delta'> & { delta: string })
  | (ContentEvent<'response.reasoning_text.done'> & { text: string })
  | (SummaryEvent<'response.reasoning_summary_part.added'> & { part: SummaryPart })
  | (SummaryEvent<'response.reasoning_summary_part.done'> & {
      part: SummaryPart
      status?: 'incomplete'
    })
  | (SummaryEvent<'response.reasoning_summary_text.delta'> & { delta: string })
  | (SummaryEvent<'response.reasoning_summary_text.done'> & { text: string })
  | (ItemEvent<'response.function_call_arguments.delta'> & { delta: string })
  | (ItemEvent<'response.function_call_arguments.done'> & { arguments: string })
  | (ItemEvent<'response.custom_tool_call_input.delta'> & { delta: string })
  | (ItemEvent<'response.custom_tool_call_input.done'> & { input: string })
  | (ItemEvent<'response.mcp_call_arguments.delta'> & { delta: string })
  | (ItemEvent<'response.mcp_call_arguments.done'> & { arguments: string })
  | (ItemEvent<'response.code_interpreter_call_code.delta'> & { delta: string })
  | (ItemEvent<'response.code_interpreter_call_code.done'> & { code: string })
  | (ItemEvent<'response.image_generation_call.partial_image'> & {
      partial_image_b64: string
      partial_image_index: number
      background?: string
      output_format?: string
      quality?: string
      size?: string
    })
  | (CommandEvent<'response.shell_call_command.added'> & { command: string })
  | (CommandEvent<'response.shell_call_command.delta'> & { delta: string; obfuscation?: string })
  | (CommandEvent<'response.shell_call_command.done'> & { command: string })
  | (CommandEvent<'response.shell_call_output_content.delta'> & {
      item_id: string
      delta: { stdout?: string; stderr?: string }
    })
  | (CommandEvent<'response.shell_call_output_content.done'> & {
      item_id: string
      output: ShellOutput[]
    })
  | (EventBase<'response.audio.delta'> & { delta: string })
  | EventBase<'response.audio.done'>
  | (EventBase<'response.audio.transcript.delta'> & { delta: string })
  | EventBase<'response.audio.transcript.done'>
