import { describe, expect, test } from 'vitest'
import { createAccumulator, type ResponseDelta } from '@tesserae/openai/responses/accumulator'

type Wire = Record<string, unknown>

const run = (...events: readonly unknown[]) => {
  const accumulator = createAccumulator<{ status?: string; output: Wire[] }>()
  for (const event of events) accumulator.push(event)
  return accumulator.finish()
}
const told = (...events: readonly unknown[]): ResponseDelta[] => {
  const deltas: ResponseDelta[] = []
  const accumulator = createAccumulator({ onDelta: (delta) => deltas.push(delta) })
  for (const event of events) accumulator.push(event)
  accumulator.finish()
  return deltas
}

const created = {
  type: 'response.created',
  response: { id: 'resp_1', object: 'response', status: 'in_progress', output: [] },
}
const ended = (status: string, output: unknown[] = [], more: Wire = {}) => ({
  type: `response.${status}`,
  response: { id: 'resp_1', object: 'response', status, output, ...more },
})
const added = (item: Wire, output_index?: number) => ({
  type: 'response.output_item.added',
  output_index,
  item,
})
const done = (item: Wire, output_index?: number) => ({
  type: 'response.output_item.done',
  output_index,
  item,
})
const delta = (text: string, place: Wire = {}) => ({
  type: 'response.output_text.delta',
  delta: text,
  ...place,
})
const args = (text: string, place: Wire = {}) => ({
  type: 'response.function_call_arguments.delta',
  delta: text,
  ...place,
})
const message = (id: string | undefined, ...texts: string[]) => ({
  type: 'message',
  ...(id !== undefined && { id }),
  role: 'assistant',
  content: texts.map((text) => ({ type: 'output_text', text })),
})
const call = (id: string, text: string, more: Wire = {}) => ({
  type: 'function_call',
  id,
  call_id: `call_${id}`,
  name: 'add',
  arguments: text,
  ...more,
})

describe('which item an event belongs to', () => {
  test('the item with its `item_id`', () => {
    const { response } = run(
      added(message('a'), 0),
      added(message('b'), 0),
      delta('to a', { item_id: 'a', output_index: 0 }),
      delta('to b', { item_id: 'b', output_index: 0 }),
    )
    expect(response.output).toEqual([message('a', 'to a'), message('b', 'to b')])
  })

  test('the item whose `call_id` stands in `item_id`, as early llama.cpp sends it', () => {
    const { response } = run(
      added(call('1', '')),
      added(call('2', '')),
      args('{}', { item_id: 'call_1' }),
    )
    expect(response.output.map((item) => item['arguments'])).toEqual(['{}', ''])
  })

  test('the item with the `call_id` of the event, as mistral.rs sends it', () => {
    const { response } = run(
      added(call('1', '')),
      added(call('2', '')),
      args('{}', { call_id: 'call_1' }),
    )
    expect(response.output.map((item) => item['arguments'])).toEqual(['{}', ''])
  })

  test('the newest item at `output_index` if the id is unknown, as GitHub Copilot sends it', () => {
    const { response } = run(
      added(message('x1'), 0),
      delta('Hel', { item_id: 'x2', output_index: 0 }),
      delta('lo', { item_id: 'x3', output_index: 0 }),
      done(message('x4', 'Hello'), 0),
    )
    expect(response.output).toEqual([message('x4', 'Hello')])
  })

  test('the newest open item if there is neither id nor index', () => {
    const { response } = run(
      added(message('a')),
      done(message('a', 'A')),
      added(message('b')),
      delta('B'),
    )
    expect(response.output).toEqual([message('a', 'A'), message('b', 'B')])
  })

  test('a new item if none fits by type', () => {
    const { response } = run(
      added({ type: 'reasoning', id: 'rs', summary: [] }, 0),
      delta('Hi', { item_id: 'msg', output_index: 0 }),
    )
    expect(response.output).toEqual([
      { type: 'reasoning', id: 'rs', summary: [] },
      message('msg', 'Hi'),
    ])
  })

  test('one id may name an item of reasoning and a message, as LlamaStack sends it', () => {
    const { response } = run(
      {
        type: 'response.reasoning_text.delta',
        item_id: 'm',
        output_index: 0,
        content_index: 1,
        delta: 'Hm',
      },
      added(message('m'), 0),
      delta('Hi', { item_id: 'm', output_index: 0 }),
    )
    expect(response.output).toEqual([
      { type: 'reasoning', id: 'm', content: [{ type: 'reasoning_text', text: 'Hm' }] },
      message('m', 'Hi'),
    ])
  })

  test('a second `added` with the same id opens no second item', () => {
    expect(
      run(added(message('a'), 0), delta('Hi', { item_id: 'a' }), added(message('a'), 0)).response
        .output,
    ).toEqual([message('a', 'Hi')])
  })

  test('`done` without an id closes the open item at its index, and keeps the streamed id', () => {
    const { response } = run(
      added(call('1', ''), 0),
      added(call('2', ''), 1),
      done({ type: 'function_call', id: null, name: 'add', arguments: '{"a":1}' }, 0),
    )
    expect(response.output.map(({ id, arguments: text }) => [id, text])).toEqual([
      ['1', '{"a":1}'],
      ['2', ''],
    ])
  })

  test('items are ordered by index, and an index makes no holes', () => {
    const { response } = run(added(message('b', 'B'), 1e9), added(message('a', 'A'), 1))
    expect(response.output).toEqual([message('a', 'A'), message('b', 'B')])
  })

  test('items stay in order of arrival if one has no index', () => {
    const { response } = run(added(message('b', 'B'), 5), added(message('a', 'A')))
    expect(response.output).toEqual([message('b', 'B'), message('a', 'A')])
  })
})

describe('which part an event belongs to', () => {
  const part = (type: string, content_index?: number) => ({
    type: 'response.content_part.added',
    item_id: 'a',
    content_index,
    part: type === 'refusal' ? { type, refusal: '' } : { type, text: '' },
  })

  test('an index that counts deltas stays in the part that was opened, as vLLM sends it', () => {
    const { response } = run(
      added(message('a')),
      part('output_text', 0),
      ...['H', 'e', 'y'].map((text, content_index) => delta(text, { item_id: 'a', content_index })),
    )
    expect(response.output).toEqual([message('a', 'Hey')])
  })

  test('an empty part of the wrong type changes its type, as vLLM needs it', () => {
    const { response } = run(
      added({ type: 'reasoning', id: 'a', summary: [] }),
      part('output_text', 0),
      { type: 'response.reasoning_text.delta', item_id: 'a', content_index: 0, delta: 'Hm' },
    )
    expect(response.output[0]?.['content']).toEqual([{ type: 'reasoning_text', text: 'Hm' }])
  })

  test('a text after a part that is done makes a new part', () => {
    const { response } = run(
      added(message('a')),
      delta('A', { item_id: 'a' }),
      { type: 'response.output_text.done', item_id: 'a', text: 'A' },
      delta('B', { item_id: 'a' }),
    )
    expect(response.output).toEqual([message('a', 'A', 'B')])
  })

  test('text and refusal of one message are two parts', () => {
    const { response } = run(
      added(message('a')),
      part('output_text', 0),
      delta('A', { item_id: 'a', content_index: 0 }),
      part('refusal', 1),
      { type: 'response.refusal.delta', item_id: 'a', content_index: 1, delta: 'No' },
    )
    expect(response.output[0]?.['content']).toEqual([
      { type: 'output_text', text: 'A' },
      { type: 'refusal', refusal: 'No' },
    ])
  })

  test('a text that is done before its part is opened is not opened again, as LiteLLM sends it', () => {
    const { response } = run(
      added(message('a')),
      { type: 'response.output_text.done', item_id: 'a', content_index: 0, text: 'A' },
      part('output_text', 0),
    )
    expect(response.output).toEqual([message('a', 'A')])
  })

  test('a part that is opened after its first delta is reported once', () => {
    const told: ResponseDelta[] = []
    const accumulator = createAccumulator({ onDelta: (delta) => told.push(delta) })
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    const part = { type: 'output_text', text: '' }
    accumulator.push({ type: 'response.output_text.delta', ...place, delta: 'Hel' })
    accumulator.push({ type: 'response.content_part.added', ...place, part })
    accumulator.push({ type: 'response.output_text.delta', ...place, delta: 'lo' })
    expect(told.flatMap((delta) => (delta.type === 'text' ? [delta.delta] : []))).toEqual([
      'Hel',
      'lo',
    ])
    expect(accumulator.snapshot().output).toMatchObject([{ content: [{ text: 'Hello' }] }])
  })

  test('the outputs that close a command are kept apart', () => {
    const accumulator = createAccumulator()
    const place = { item_id: 'sho_1', output_index: 0, command_index: 0 }
    const output = ['a', 'b', 'c'].map((stdout) => ({
      stdout,
      stderr: '',
      outcome: { type: 'timeout' },
    }))
    const name = 'response.shell_call_output_content'
    accumulator.push({ type: `${name}.delta`, ...place, delta: { stdout: 'a' } })
    accumulator.push({ type: `${name}.done`, ...place, output })
    expect(accumulator.snapshot().output).toEqual([
      { type: 'shell_call_output', id: 'sho_1', output },
    ])
  })

  test('commands and their output grow in their own lists', () => {
    const shell = { type: 'shell_call', id: 's', action: { commands: [], timeout_ms: null } }
    const output = { type: 'shell_call_output', id: 'o', output: [] }
    const { response } = run(
      added(shell, 0),
      { type: 'response.shell_call_command.added', output_index: 0, command_index: 0, command: '' },
      { type: 'response.shell_call_command.delta', output_index: 0, command_index: 0, delta: 'ls' },
      {
        type: 'response.shell_call_command.delta',
        output_index: 0,
        command_index: 1,
        delta: 'pwd',
      },
      {
        type: 'response.shell_call_command.done',
        output_index: 0,
        command_index: 0,
        command: 'ls -a',
      },
      added(output, 1),
      {
        type: 'response.shell_call_output_content.delta',
        item_id: 'o',
        command_index: 0,
        delta: { stdout: 'a' },
      },
      {
        type: 'response.shell_call_output_content.delta',
        item_id: 'o',
        command_index: 0,
        delta: { stdout: 'b', stderr: '!' },
      },
    )
    expect(response.output).toEqual([
      { ...shell, action: { commands: ['ls -a', 'pwd'], timeout_ms: null } },
      { ...output, output: [{ stdout: 'ab', stderr: '!' }] },
    ])
  })
})

describe('what a closing event replaces', () => {
  test('a text replaces the streamed text, and an empty one does not', () => {
    const end = (text: string | null) => ({ type: 'response.output_text.done', item_id: 'a', text })
    const begin = [added(message('a')), delta('Hello', { item_id: 'a' })]
    expect(run(...begin, end('Hello!')).response.output).toEqual([message('a', 'Hello!')])
    expect(run(...begin, end('')).response.output).toEqual([message('a', 'Hello')])
    expect(run(...begin, end(null)).response.output).toEqual([message('a', 'Hello')])
  })

  test('an item inherits what it leaves empty, and empty lists erase no list', () => {
    const logprobs = [{ token: 'Hi', logprob: -1 }]
    const { response } = run(
      added(message('a')),
      delta('Hi', { item_id: 'a', logprobs }),
      done({
        type: 'message',
        id: 'a',
        role: 'assistant',
        content: [{ type: 'output_text', text: '', logprobs: [] }],
      }),
    )
    expect(response.output[0]?.['content']).toEqual([{ type: 'output_text', text: 'Hi', logprobs }])
  })

  test('nothing is invented: no empty log probabilities, no status, no annotations', () => {
    const { response } = run(
      added({ type: 'mcp_call', id: 'm', arguments: null }),
      { type: 'response.mcp_call.in_progress', item_id: 'm' },
      { type: 'response.mcp_call_arguments.delta', item_id: 'm', delta: '{}' },
      added(message('a')),
      delta('Hi', { item_id: 'a', logprobs: [] }),
    )
    expect(response.output).toEqual([
      { type: 'mcp_call', id: 'm', arguments: '{}' },
      message('a', 'Hi'),
    ])
  })

  test('a state is set where the item has one', () => {
    const search = { type: 'web_search_call', id: 'w', status: 'in_progress' }
    const searching = { type: 'response.web_search_call.searching', item_id: 'w' }
    expect(run(added(search), searching).response.output).toEqual([
      { ...search, status: 'searching' },
    ])
    const late = run(added(search), done({ ...search, status: 'completed' }), searching)
    expect(late.response.output[0]?.['status']).toBe('completed')
  })

  test('a diff that ends without a text leaves an item without an operation as it is', () => {
    const call = { id: 'ap_1', type: 'apply_patch_call' }
    const type = 'response.apply_patch_call_operation_diff.done'
    const { response } = run(created, added(call, 0), { type, output_index: 0 })
    expect(response.output).toEqual([call])
  })

  test('a patch grows inside of its operation', () => {
    const patch = {
      type: 'apply_patch_call',
      id: 'p',
      operation: { type: 'update_file', path: 'a', diff: '' },
    }
    const event = {
      type: 'response.apply_patch_call_operation_diff.delta',
      item_id: 'p',
      delta: '+a',
    }
    expect(run(added(patch), event, event).response.output[0]?.['operation']).toEqual({
      type: 'update_file',
      path: 'a',
      diff: '+a+a',
    })
  })
})

describe('the response', () => {
  test('fields are merged, so that a terminal event may say less than the first', () => {
    const { response } = run(
      { type: 'response.created', response: { id: 'r', model: 'm', status: 'in_progress' } },
      { type: 'response.completed', response: { usage: { total_tokens: 3 } } },
    )
    expect(response).toEqual({
      id: 'r',
      model: 'm',
      status: 'completed',
      usage: { total_tokens: 3 },
      output: [],
    })
  })

  test('the output of the terminal event wins, unless it is empty', () => {
    const streamed = [created, added(message('a', 'streamed'), 0)]
    expect(run(...streamed, ended('completed', [message('a', 'whole')])).response.output).toEqual([
      message('a', 'whole'),
    ])
    expect(run(...streamed, ended('completed')).response.output).toEqual([message('a', 'streamed')])
  })

  test('an output in an earlier event replaces the items, and later events go on from it', () => {
    const { response } = run(
      created,
      added(message('a', 'old'), 0),
      { type: 'response.in_progress', response: { output: [message('a', 'new')] } },
      delta('er', { item_id: 'a', content_index: 0 }),
    )
    expect(response.output).toEqual([message('a', 'newer')])
  })

  test('a body that is a response is one', () => {
    const body = { id: 'r', object: 'response', status: 'completed', output: [message('a', 'A')] }
    expect(run(body)).toMatchObject({ response: body, verdict: { complete: true } })
  })

  test('nothing is read after the terminal event', () => {
    const { response, verdict } = run(created, ended('completed'), added(message('a', 'late')))
    expect(response.output).toEqual([])
    expect(verdict.notes).toEqual([{ code: 'after-end', count: 1 }])
  })

  test('keys called `__proto__` stay keys', () => {
    const event = JSON.parse(
      '{"type":"response.completed","response":{"status":"completed","__proto__":{"x":1},"output":[{"type":"a","__proto__":{"y":1}}]}}',
    )
    const accumulator = createAccumulator<Wire>()
    accumulator.push(event)
    expect(Object.keys(accumulator.snapshot())).toContain('__proto__')
    expect(({} as Wire)['x']).toBeUndefined()
    expect(Object.getPrototypeOf(accumulator.finish().response)).toBe(Object.prototype)
  })

  test('two responses of a finished accumulator are the same, and nothing more is taken', () => {
    const accumulator = createAccumulator()
    accumulator.push(created)
    expect(accumulator.finish()).toBe(accumulator.finish())
    expect(() => accumulator.push(created)).toThrowError(
      expect.objectContaining({ code: 'finished' }),
    )
  })
})

describe('numbers', () => {
  const numbered = (event: Wire, sequence_number: number) => ({ ...event, sequence_number })

  test('the cursor is the first id with the last number, until the terminal event', () => {
    const accumulator = createAccumulator()
    expect(accumulator.cursor).toBeUndefined()
    accumulator.push(numbered(created, 0))
    accumulator.push(numbered({ type: 'response.in_progress', response: { id: 'other' } }, 1))
    expect(accumulator.cursor).toEqual({ responseId: 'resp_1', after: 1 })
    accumulator.push(numbered(ended('completed'), 2))
    expect(accumulator.cursor).toBeUndefined()
  })

  test('`created` with a lower number begins anew', () => {
    const { response, verdict } = run(
      numbered(created, 0),
      numbered(added(message('a', 'A')), 1),
      numbered(created, 0),
      numbered(added(message('b', 'B')), 1),
    )
    expect(response.output).toEqual([message('b', 'B')])
    expect(verdict.notes).toEqual([{ code: 'replay', count: 1 }])
  })

  test('`created` without a number is repetition, as llama.cpp sends it', () => {
    const { response } = run(
      created,
      added(message('a')),
      delta('A', { item_id: 'a' }),
      created,
      delta('B', { item_id: 'a' }),
    )
    expect(response.output).toEqual([message('a', 'AB')])
  })

  test('a number that is skipped is noted', () => {
    expect(run(numbered(created, 0), numbered(ended('completed'), 2)).verdict.notes).toEqual([
      { code: 'gap', count: 1 },
    ])
  })
})

describe('verdicts', () => {
  test.each([
    ['completed', [created, ended('completed')], { complete: true, status: 'completed' }],
    ['incomplete', [created, ended('incomplete')], { complete: true, status: 'incomplete' }],
    ['cancelled', [created, ended('cancelled')], { complete: true, status: 'cancelled' }],
    [
      'failed',
      [created, ended('failed', [], { error: { code: 'server_error', message: 'Sorry' } })],
      { complete: false, reason: 'error', error: { code: 'server_error', message: 'Sorry' } },
    ],
    [
      'the status beats the name',
      [{ type: 'response.completed', response: { status: 'incomplete' } }],
      { complete: true, status: 'incomplete' },
    ],
    [
      'another name with a terminal status',
      [{ type: 'response.done', response: { status: 'completed' } }],
      { complete: true },
    ],
    [
      'another name without a status',
      [{ type: 'response.done', response: {} }],
      { complete: true, status: 'completed' },
    ],
    [
      '`created` never ends a response',
      [{ type: 'response.created', response: { status: 'completed' } }],
      { complete: false, reason: 'no-end' },
    ],
    ['cut', [created, added(message('a', 'A'))], { complete: false, reason: 'no-end', notes: [] }],
    [
      'cut after every item was done',
      [done(message('a', 'A'))],
      { complete: false, reason: 'no-end', notes: [{ code: 'all-items-done', count: 1 }] },
    ],
    [
      'an error event with its fields beside the type',
      [{ type: 'error', code: 'rate_limit', message: 'Slow', param: null }],
      {
        complete: false,
        reason: 'error',
        error: { code: 'rate_limit', message: 'Slow', type: undefined },
      },
    ],
    [
      'an error event with nested fields',
      [{ type: 'error', error: { type: 'tokens', code: null, message: 'Slow' } }],
      { complete: false, error: { code: undefined, message: 'Slow', type: 'tokens' } },
    ],
    [
      'an error as text',
      [{ type: 'response.error', error: 'Slow' }],
      { complete: false, error: { message: 'Slow' } },
    ],
    [
      'an error without a type',
      [{ error: { message: 'Slow' } }],
      { complete: false, error: { message: 'Slow' } },
    ],
    [
      'an error before a terminal event',
      [{ type: 'error', message: 'Slow' }, ended('completed')],
      { complete: true, error: { message: 'Slow' } },
    ],
  ] as [string, unknown[], object][])('%s', (_, events, expected) => {
    expect(run(...events).verdict).toMatchObject(expected)
  })

  test('aborted and failed streams', () => {
    expect(createAccumulator().finish({ aborted: true }).verdict.reason).toBe('aborted')
    expect(createAccumulator().finish({ failed: true }).verdict.reason).toBe('error')
  })

  test.each([
    ['whole', [done(call('1', '{}', { status: 'completed' })), ended('completed')], []],
    ['no arguments', [done(call('1', '')), ended('completed')], []],
    ['arguments that are not JSON', [done(call('1', '{"a":')), ended('completed')], ['open-json']],
    ['never done, and the response is completed', [added(call('1', '{}')), ended('completed')], []],
    [
      'never done, and the response is incomplete',
      [added(call('1', '{}')), ended('incomplete')],
      ['not-done'],
    ],
    [
      'incomplete by its own status',
      [ended('incomplete', [call('1', '{"a', { status: 'incomplete' })])],
      ['not-done'],
    ],
    ['cut with the stream', [added(call('1', '{"a'))], ['not-done']],
    ['done before the cut', [done(call('1', '{}'))], []],
  ] as [string, unknown[], string[]][])('a call: %s', (_, events, reasons) => {
    expect(run(...events).verdict.partialToolCalls).toEqual(
      reasons.map((reason) => ({ output: 0, id: 'call_1', reason })),
    )
  })
})

describe('what is not read', () => {
  test('unknown events are noted by name, and known ones without a field are not', () => {
    const { verdict } = run(
      { type: 'response.future.delta' },
      { type: 'response.future.delta' },
      { type: 'keepalive' },
      { type: 'response.in_progress' },
      { type: 'response.audio.delta', delta: 'AAAA' },
      7,
      {},
    )
    expect(verdict.notes).toEqual([
      { code: 'unknown-event', event: 'response.future.delta', count: 2 },
      { code: 'not-an-event', count: 2 },
    ])
  })

  test('a thousand unknown names take a bounded list of notes', () => {
    const events = Array.from({ length: 1000 }, (_, at) => ({ type: `response.x${at}` }))
    const { notes } = run(...events).verdict
    expect(notes).toHaveLength(65)
    expect(notes.at(-1)).toEqual({ code: 'unknown-event', count: 936 })
  })
})

describe('deltas', () => {
  test('of a message with an annotation, a call and the end', () => {
    const annotation = {
      type: 'url_citation',
      url: 'https://example.com',
      title: 'T',
      start_index: 0,
      end_index: 1,
    }
    const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 }
    const finished = call('c', '{"a":1}')
    expect(
      told(
        created,
        added(message('a'), 0),
        delta('Hi', { item_id: 'a' }),
        { type: 'response.output_text.annotation.added', item_id: 'a', annotation },
        done({ ...message('a', 'Hi!') }, 0),
        added(call('c', ''), 1),
        args('{"a"', { item_id: 'c' }),
        done(finished, 1),
        ended('completed', [message('a', 'Hi!'), finished], { usage }),
      ),
    ).toEqual([
      { type: 'item-begin', item: 0, kind: 'message' },
      { type: 'text', item: 0, part: 0, delta: 'Hi' },
      { type: 'annotation', item: 0, part: 0, annotation },
      { type: 'text', item: 0, part: 0, delta: '!' },
      {
        type: 'item-end',
        item: 0,
        kind: 'message',
        value: {
          ...message('a'),
          content: [{ type: 'output_text', text: 'Hi!', annotations: [annotation] }],
        },
      },
      { type: 'item-begin', item: 1, kind: 'function_call' },
      { type: 'tool-call-begin', item: 1, id: 'call_c', name: 'add' },
      { type: 'tool-call-arguments', item: 1, delta: '{"a"' },
      { type: 'tool-call-arguments', item: 1, delta: ':1}' },
      { type: 'tool-call-end', item: 1, id: 'call_c', name: 'add', partial: false },
      { type: 'item-end', item: 1, kind: 'function_call', value: finished },
      { type: 'usage', usage },
      { type: 'finish', status: 'completed', reason: undefined },
    ])
  })

  test('text that only the terminal event has is passed on', () => {
    expect(
      told(created, ended('completed', [message('a', 'Hello')])).map(({ type }) => type),
    ).toEqual(['item-begin', 'text', 'item-end', 'finish'])
  })

  test('a call that was cut ends as partial', () => {
    expect(told(added(call('1', '')), args('{"a"', { item_id: '1' })).at(-1)).toEqual({
      type: 'tool-call-end',
      item: 0,
      id: 'call_1',
      name: 'add',
      partial: true,
    })
  })

  test('previews, sound, states and code', () => {
    const code = { type: 'code_interpreter_call', id: 'c', code: null, status: 'in_progress' }
    expect(
      told(
        added(code),
        { type: 'response.code_interpreter_call_code.delta', item_id: 'c', delta: 'lo' },
        { type: 'response.code_interpreter_call.interpreting', item_id: 'c' },
        added({ type: 'image_generation_call', id: 'i', status: 'in_progress' }),
        {
          type: 'response.image_generation_call.partial_image',
          item_id: 'i',
          partial_image_index: 0,
          partial_image_b64: 'AA',
        },
        { type: 'response.audio.transcript.delta', delta: 'La' },
      ).filter(({ type }) => type !== 'item-begin'),
    ).toEqual([
      { type: 'code', item: 0, delta: 'lo' },
      { type: 'state', item: 0, state: 'interpreting' },
      { type: 'image', item: 1, index: 0, base64: 'AA' },
      { type: 'audio-transcript', delta: 'La' },
    ])
  })
})
