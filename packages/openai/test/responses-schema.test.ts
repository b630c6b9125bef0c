import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAccumulator, split } from '@tesserae/openai/responses'
import {
  modelResponse,
  type OutputItem,
  outputItem,
  type ResponseEvent,
  responseEvent,
} from '@tesserae/openai/responses/schema'
import { responseStream } from '@tesserae/testkit/responses'

/** Every event and item that the types list, grouped by how names begin. The compiler finds one that is missing. */
const EVENTS = [
  ...(['created', 'queued', 'in_progress', 'completed', 'incomplete', 'failed'] as const),
  ...(['output_item.added', 'output_item.done'] as const),
  ...(['content_part.added', 'content_part.done'] as const),
  ...(['output_text.delta', 'output_text.done', 'output_text.annotation.added'] as const),
  ...(['refusal.delta', 'refusal.done', 'reasoning_text.delta', 'reasoning_text.done'] as const),
  ...(['reasoning_summary_part.added', 'reasoning_summary_part.done'] as const),
  ...(['reasoning_summary_text.delta', 'reasoning_summary_text.done'] as const),
  ...(['function_call_arguments.delta', 'function_call_arguments.done'] as const),
  ...(['custom_tool_call_input.delta', 'custom_tool_call_input.done'] as const),
  ...(['mcp_call_arguments.delta', 'mcp_call_arguments.done'] as const),
  ...(['mcp_call.in_progress', 'mcp_call.completed', 'mcp_call.failed'] as const),
  ...(['mcp_list_tools.in_progress', 'mcp_list_tools.completed'] as const),
  'mcp_list_tools.failed' as const,
  ...(['code_interpreter_call_code.delta', 'code_interpreter_call_code.done'] as const),
  ...(['code_interpreter_call.in_progress', 'code_interpreter_call.interpreting'] as const),
  'code_interpreter_call.completed' as const,
  ...(['file_search_call.in_progress', 'file_search_call.searching'] as const),
  'file_search_call.completed' as const,
  ...(['web_search_call.in_progress', 'web_search_call.searching'] as const),
  'web_search_call.completed' as const,
  ...(['image_generation_call.in_progress', 'image_generation_call.generating'] as const),
  ...(['image_generation_call.completed', 'image_generation_call.partial_image'] as const),
  ...(['shell_call_command.added', 'shell_call_command.delta', 'shell_call_command.done'] as const),
  ...(['shell_call_output_content.delta', 'shell_call_output_content.done'] as const),
  ...(['audio.delta', 'audio.done', 'audio.transcript.delta', 'audio.transcript.done'] as const),
  'compaction.compacting' as const,
]
const ITEMS = [
  ...(['message', 'reasoning', 'function_call', 'function_call_output'] as const),
  ...(['custom_tool_call', 'custom_tool_call_output', 'mcp_call', 'mcp_list_tools'] as const),
  ...(['mcp_approval_request', 'mcp_approval_response', 'code_interpreter_call'] as const),
  ...(['file_search_call', 'web_search_call', 'image_generation_call'] as const),
  ...(['computer_call', 'computer_call_output', 'local_shell_call'] as const),
  ...(['local_shell_call_output', 'shell_call', 'shell_call_output'] as const),
  ...(['apply_patch_call', 'apply_patch_call_output', 'tool_search_call'] as const),
  ...(['tool_search_output', 'additional_tools', 'program', 'program_output'] as const),
  'compaction' as const,
]
type Listed = `response.${(typeof EVENTS)[number]}` | 'error'
type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false
const listsEvents: Same<Listed, ResponseEvent['type']> = true
const listsItems: Same<(typeof ITEMS)[number], OutputItem['type']> = true

const issuesOf = (
  schema: typeof responseEvent | typeof modelResponse | typeof outputItem,
  value: unknown,
) =>
  schema['~standard']
    .validate(value)
    .issues?.map(({ path, received }) => `${path.join('.')}: ${received}`)

describe('validators', () => {
  test('the events of `split` are valid, and so are responses', () => {
    fc.assert(
      fc.property(responseStream(), ({ response }) => {
        expect(issuesOf(modelResponse, response)).toBeUndefined()
        for (const event of split(response as never))
          expect(issuesOf(responseEvent, event)).toBeUndefined()
      }),
    )
  })

  test('there is one for each of the 59 events and 28 items, and the accumulator knows each event', () => {
    const events = ['error', ...EVENTS.map((name) => `response.${name}`)]
    expect([new Set(events).size, listsEvents]).toEqual([59, true])
    expect([new Set(ITEMS).size, listsItems]).toEqual([28, true])
    for (const type of events) {
      expect(issuesOf(responseEvent, { type }), type).toContain('sequence_number: missing')
      const accumulator = createAccumulator()
      accumulator.push({ type })
      const codes = accumulator.finish().verdict.notes.map(({ code }) => code)
      expect(codes, type).not.toContain('unknown-event')
    }
    for (const type of ITEMS) expect(issuesOf(outputItem, { type }), type).toBeDefined()
  })

  test('every prefix of a stream gives a valid response', () => {
    fc.assert(
      fc.property(responseStream(), ({ events }) => {
        const accumulator = createAccumulator()
        for (const event of events) {
          accumulator.push(event)
          const issues = issuesOf(modelResponse, accumulator.snapshot()) ?? []
          // OpenAI sends the action of a search with its end.
          expect(issues.filter((issue) => !issue.endsWith('.action: missing'))).toEqual([])
        }
      }),
    )
  })

  test('events, items and parts of unknown types are valid', () => {
    const item = { type: 'item_of_the_future' }
    expect(issuesOf(responseEvent, { type: 'response.of.the.future' })).toBeUndefined()
    expect(issuesOf(outputItem, item)).toBeUndefined()
    expect(issuesOf(outputItem, { type: 'reasoning', id: 'r', summary: [item] })).toBeUndefined()
  })

  test.each([
    ['no object', null, [': null']],
    ['no type', {}, ['type: missing']],
    [
      'no place',
      { type: 'response.refusal.delta', delta: 'No' },
      [
        'sequence_number: missing',
        'output_index: missing',
        'item_id: missing',
        'content_index: missing',
      ],
    ],
    [
      'a bad index',
      {
        type: 'response.compaction.compacting',
        sequence_number: 0,
        output_index: -1,
        item_id: 'x',
      },
      ['output_index: another number'],
    ],
    [
      'a bad item',
      {
        type: 'response.output_item.done',
        sequence_number: 0,
        output_index: 0,
        item: { type: 'compaction', id: 'c' },
      },
      ['item.encrypted_content: missing'],
    ],
    [
      'a bad annotation',
      {
        type: 'response.output_text.annotation.added',
        sequence_number: 0,
        output_index: 0,
        item_id: 'x',
        content_index: 0,
        annotation_index: 0,
        annotation: { type: 'file_path', file_id: 'f' },
      },
      ['annotation.index: missing'],
    ],
  ])('an event with %s is not valid', (_, event, issues) => {
    expect(issuesOf(responseEvent, event)).toEqual(issues)
  })

  test('types called like properties of every object are unknown types', () => {
    expect(issuesOf(outputItem, { type: 'constructor' })).toBeUndefined()
    expect(issuesOf(outputItem, { type: '__proto__' })).toBeUndefined()
  })
})
