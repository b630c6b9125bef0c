import { describe, expect, test } from 'vitest'
import {
  accumulate,
  parseArguments,
  parseContent,
  ParseError,
  readSnapshots,
  type StandardSchema,
  tap,
  type TapOptions,
  toResponse,
} from '@tesserae/openai'
import type { ChatCompletion, ToolCall } from '@tesserae/openai/schema'
import { countParses } from './support/count-parses.ts'

const completion: ChatCompletion = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello, world!', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
}

const streamOf = (chunks: readonly Uint8Array[], end?: unknown): ReadableStream<Uint8Array> => {
  let at = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[at++]
        if (chunk) controller.enqueue(chunk)
        else if (end) controller.error(end)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const reader = stream.getReader()
  const found: Uint8Array[] = []
  for (let step = await reader.read(); !step.done; step = await reader.read())
    found.push(step.value)
  return found
}

describe('toResponse', () => {
  test('streams a message that accumulates to itself', async () => {
    const response = toResponse(completion, { headers: { 'x-cache': 'hit' } })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(response.headers.get('x-cache')).toBe('hit')
    expect(await accumulate(response)).toEqual(completion)
  })
})

describe('tap', () => {
  test('forwards the same chunks and accumulates the message', async () => {
    const chunks = await bytesOf(toResponse(completion).body as ReadableStream<Uint8Array>)
    const { body, result } = tap(streamOf(chunks))
    const forwarded = await bytesOf(body)
    expect(forwarded).toHaveLength(chunks.length)
    for (const [at, chunk] of forwarded.entries()) expect(chunk).toBe(chunks[at])
    expect(await result).toMatchObject({ message: completion, verdict: { complete: true } })
  })

  test('reads no further than the reader of the body', async () => {
    const chunks = await bytesOf(toResponse(completion).body as ReadableStream<Uint8Array>)
    let pulled = 0
    const counting = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(chunks[pulled++] ?? new Uint8Array()) },
      { highWaterMark: 0 },
    )
    const { body, result } = tap(counting)
    const reader = body.getReader()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(pulled).toBe(1)
    await reader.cancel()
    const { verdict, failure } = await result
    expect(verdict.reason).toBe('aborted')
    expect(failure?.code).toBe('aborted')
  })

  test('does not take a slow reader for a silent server', async () => {
    const chunks = await bytesOf(toResponse(completion).body as ReadableStream<Uint8Array>)
    const { body, result } = tap(streamOf(chunks), { idleTimeout: 5 } as TapOptions)
    const reader = body.getReader()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 40))
    while (!(await reader.read()).done);
    expect((await result).verdict.complete).toBe(true)
  })

  test('forwards bytes that it cannot read, and a failure of the source', async () => {
    const odd = [
      new TextEncoder().encode('data: {\n\n'),
      new TextEncoder().encode('data: more\n\n'),
    ]
    const tapped = tap(streamOf(odd))
    expect(await bytesOf(tapped.body)).toEqual(odd)
    expect((await tapped.result).failure?.code).toBe('bad-json')
    const broken = tap(streamOf([], new Error('lost')))
    await expect(bytesOf(broken.body)).rejects.toThrow('lost')
    expect((await broken.result).failure?.code).toBe('interrupted')
  })

  test('reads an answer that is an error', async () => {
    const { body, result } = tap(new Response('{"error":{"message":"Busy"}}', { status: 503 }))
    expect(await bytesOf(body)).toHaveLength(1)
    expect((await result).failure).toMatchObject({ code: 'server-error', status: 503 })
  })
})

test('tap reads an answer whose status allows no body', async () => {
  const { body, result } = tap(new Response(null, { status: 304 }))
  expect(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe('')
  expect((await result).failure).toMatchObject({ code: 'bad-response', status: 304 })
})

describe('parseArguments and parseContent', () => {
  const city: StandardSchema<{ city: string }> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) => {
        const { city } = value as { city?: unknown }
        return typeof city === 'string'
          ? { value: { city: city.toUpperCase() } }
          : { issues: [{ message: 'Expected a city.', path: ['city'] }] }
      },
    },
  }

  test('return what the validator returns, typed', async () => {
    const value: { city: string } = await parseArguments(
      { function: { arguments: '{"city":"Paris"}' } },
      city,
    )
    expect(value).toEqual({ city: 'PARIS' })
    expect(
      await parseContent({ content: [{ type: 'text', text: '{"city":"Rome"}' }] }, city),
    ).toEqual({ city: 'ROME' })
  })

  test.each([
    ['{"city":"Par', 'invalid-json'],
    ['', 'invalid-value'],
    ['{"city":1}', 'invalid-value'],
  ])('reject %j as %s', async (text, code) => {
    const error: unknown = await parseArguments({ function: { arguments: text } }, city).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(ParseError)
    expect(error).toMatchObject({ code })
  })
})

test('readSnapshots yields the message with the deltas that led to it', async () => {
  const shown: string[] = []
  for await (const { deltas, message } of readSnapshots(toResponse(completion))) {
    expect(deltas.length).toBeGreaterThan(0)
    shown.push(message.choices[0]?.message.content ?? '')
  }
  expect(shown.slice(0, 2)).toEqual(['Hello,', 'Hello, world!'])
})

test('only the usage is read: other events are forwarded and not parsed', async () => {
  const whole = {
    ...completion,
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  }
  const pieces = { granularity: 1 } as const
  const chunks = await bytesOf(toResponse(whole, pieces).body as ReadableStream<Uint8Array>)
  expect(chunks.length).toBeGreaterThan(10)
  const parsed = await countParses(async () => {
    const { body, result } = tap(streamOf(chunks), { only: 'usage' })
    expect(await bytesOf(body)).toEqual(chunks)
    const { message, verdict } = await result
    expect(message.usage).toEqual(whole.usage)
    expect(message.choices[0]?.finish_reason).toBe(whole.choices[0]?.finish_reason)
    expect(verdict.complete).toBe(true)
  })
  // The first, the one with the finish reason, and the one with usage.
  expect(parsed).toBe(3)
})

test('an error is read although only the usage is wanted', async () => {
  const events = [
    { data: '{"choices":[{"index":0,"delta":{"content":"a"}}]}' },
    { data: '{"choices":[{"index":0,"delta":{"content":"b"}}]}' },
    { data: '{"error":{"message":"too much","code":429}}' },
  ]
  const { failure } = await accumulate(events, { only: 'usage', incomplete: 'return' })
  expect(failure?.message).toContain('too much')
})

test('arguments of any tool call are parsed as the message has them', async () => {
  const anything = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) => ({ value: value as { city?: string } }),
    },
  }
  const calls: ToolCall[] = [
    { id: 'a', type: 'function', function: { name: 'f', arguments: '{"city":"Paris"}' } },
    { id: 'b', type: 'custom', custom: { name: 'g', input: '{"city":"Oslo"}' } },
    { id: 'c', type: 'function', function: { name: 'h', arguments: '' } },
  ]
  const values = await Promise.all(calls.map((call) => parseArguments(call, anything)))
  expect(values).toEqual([{ city: 'Paris' }, { city: 'Oslo' }, {}])
})

test('an event named `reset` after chunks ends the reading with what had arrived', async () => {
  const chunk = { data: '{"choices":[{"index":0,"delta":{"content":"a"}}]}' }
  const reset = { event: 'reset', data: '{"after":"3"}' }
  const { message, failure } = await accumulate([chunk, reset, chunk], { incomplete: 'return' })
  expect(failure?.code).toBe('interrupted')
  expect(failure?.cause).toMatchObject({ message: expect.stringContaining('`reset`') })
  expect(message.choices[0]?.message.content).toBe('a')
  const first = await accumulate([reset, chunk], { incomplete: 'return' })
  expect(first.message.choices[0]?.message.content).toBe('a')
})

test('a tool call without name and arguments begins before it ends', async () => {
  const types: string[] = []
  const call = { index: 0, id: 'a', type: 'function' }
  await accumulate(
    [{ choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }] }],
    { onDelta: ({ type }) => types.push(type) },
  )
  expect(types.filter((type) => type.startsWith('tool'))).toEqual([
    'tool-call-begin',
    'tool-call-end',
  ])
})
