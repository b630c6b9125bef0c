import { describe, expect, test } from 'vitest'
import { accumulate, readChunks, split, toEvents, type ChunkEvent } from '@tesserae/openai'
import { crucible } from '@tesserae/openai/dialects'
import type { ChatCompletion } from '@tesserae/openai/schema'

const streamOf = (...events: ChunkEvent[]): Response =>
  new Response(
    events
      .map(({ event, data }) => `${event ? `event: ${event}\n` : ''}data: ${data}\n\n`)
      .join(''),
    { headers: { 'content-type': 'text/event-stream' } },
  )
const done = { data: '[DONE]' }

describe('crucible', () => {
  const output = [{ data: '{"output":"The document"}' }, { data: '{"output":" is short."}' }]

  test('output is content, and stays where its documentation reads it', async () => {
    const texts = []
    for await (const chunk of readChunks<{
      output: string
      choices: { delta: { content?: string } }[]
    }>(streamOf(...output, done), { dialect: crucible }))
      texts.push([chunk.output, chunk.choices[0]?.delta.content])
    expect(texts).toEqual([
      ['The document', 'The document'],
      [' is short.', ' is short.'],
    ])
  })

  test.each<[string, ChunkEvent]>([
    [
      'in an event of that name',
      { event: 'reasoning_trace', data: '{"reasoning_trace":"I read it."}' },
    ],
    ['in an event of that name, as JSON text', { event: 'reasoning_trace', data: '"I read it."' }],
    ['in an event of that name, as it is', { event: 'reasoning_trace', data: 'I read it.' }],
    [
      'in an event of that name, as output',
      { event: 'reasoning_trace', data: '{"output":"I read it."}' },
    ],
    ['in a field of that name', { data: '{"reasoning_trace":"I read it."}' }],
  ])('the trace is reasoning: %s', async (_, trace) => {
    const message = await accumulate(streamOf(...output, trace, done), { dialect: crucible })
    expect(message).toEqual({
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          logprobs: null,
          finish_reason: null,
          message: {
            role: 'assistant',
            content: 'The document is short.',
            refusal: null,
            reasoning_content: 'I read it.',
          },
        },
      ],
    })
    // What the documentation does with each chunk works for the trace too.
    for await (const chunk of readChunks<{ output: string }>(streamOf(trace, done), {
      dialect: crucible,
    }))
      expect(chunk.output).toBe('')
  })

  test('errors, and a stream that was cut, are as everywhere', async () => {
    const error = { data: '{"error":{"message":"no"}}' }
    await expect(
      accumulate(streamOf(...output, error), { dialect: crucible }),
    ).rejects.toMatchObject({
      code: 'server-error',
      partial: { choices: [{ message: { content: 'The document is short.' } }] },
    })
    await expect(accumulate(streamOf(...output), { dialect: crucible })).rejects.toMatchObject({
      code: 'incomplete',
    })
  })

  test('what is written is read again', async () => {
    const message = {
      role: 'assistant' as const,
      content: 'The document is short.',
      refusal: null,
      reasoning_content: 'I read it from end to end.',
    }
    const completion: ChatCompletion = {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'crucible-1',
      choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    }
    const events = [...toEvents(split(completion), { dialect: crucible })]
    expect(events.slice(-2)).toEqual([
      { event: 'reasoning_trace', data: '{"reasoning_trace":"I read it from end to end."}' },
      done,
    ])
    const read = await accumulate(streamOf(...events), { dialect: crucible })
    expect(read.choices[0]?.message).toEqual(message)

    const chunks = [...split(completion, { dialect: crucible, granularity: 'whole' })]
    expect(chunks).toEqual([
      { output: 'The document is short.' },
      { reasoning_trace: 'I read it from end to end.' },
    ])
    const again = await accumulate(streamOf(...toEvents(chunks)), { dialect: crucible })
    expect(again.choices[0]?.message).toEqual(message)
  })
})
