import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { resumingFetch } from '@tesserae/client/fetch'
import { resumeResponse } from '@tesserae/client/resume'
import { streamText } from 'ai'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { broken, fetchOf, whole } from '../../../packages/client/test/support/answers.ts'

const baseUrl = 'https://api.test/v1'

const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' }
const part = { type: 'output_text', text: 'Hello', annotations: [] }
const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'completed',
  output: [{ ...item, content: [part] }],
  usage: {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 3,
  },
}
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const events = [
  {
    type: 'response.created',
    response: { ...response, status: 'in_progress', output: [], usage: null },
  },
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { ...item, status: 'in_progress', content: [] },
  },
  { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
  { type: 'response.output_text.delta', ...place, delta: 'Hel', logprobs: [] },
  { type: 'response.output_text.delta', ...place, delta: 'lo', logprobs: [] },
  { type: 'response.output_text.done', ...place, text: 'Hello', logprobs: [] },
  { type: 'response.content_part.done', ...place, part },
  { type: 'response.output_item.done', output_index: 0, item: { ...item, content: [part] } },
  { type: 'response.completed', response },
].map((event, index) => ({ ...event, sequence_number: index }))
const blocks = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
const streamOf = (from: number, to?: number): string => blocks.slice(from, to).join('')

/** A response that breaks off at each place in turn, and the requests that continue it. */
const cuts = blocks.slice(1).map((_, index) => index + 1)
const resuming = (cut: number): ReturnType<typeof fetchOf> =>
  fetchOf(broken(streamOf(0, cut)), whole(streamOf(cut)))
const resume = resumeResponse({ baseUrl, headers: { authorization: 'Bearer key' } })

describe('a response that breaks off is continued for', () => {
  test.each(cuts)('the official client, after %i events', async (cut) => {
    const { fetch, sent } = resuming(cut)
    const client = new OpenAI({
      apiKey: 'key',
      baseURL: baseUrl,
      fetch: resumingFetch({ fetch, resume, delay: 0 }),
    })
    const stream = await client.responses.create({
      model: 'm',
      input: 'Hi',
      background: true,
      stream: true,
    })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual(events.map(({ type }) => type))
    expect(sent.map(({ method }) => method.toUpperCase())).toEqual(['POST', 'GET'])
  })

  test.each(cuts)('the AI SDK, after %i events', async (cut) => {
    const { fetch } = resuming(cut)
    const provider = createOpenAI({
      apiKey: 'key',
      baseURL: baseUrl,
      fetch: resumingFetch({ fetch, resume, delay: 0 }) as typeof globalThis.fetch,
    })
    const result = streamText({ model: provider.responses('m'), prompt: 'Hi' })
    expect(await result.text).toBe('Hello')
  })
})

describe('a stream that is whole passes through', () => {
  const chunks = ['Hel', 'lo'].map((content) => ({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
  }))

  test('to the official client, for chat completions', async () => {
    const end = { ...chunks[0], choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    const text = [...chunks, end].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
    const { fetch } = fetchOf(whole(`${text}data: [DONE]\n\n`))
    const client = new OpenAI({ apiKey: 'key', baseURL: baseUrl, fetch: resumingFetch({ fetch }) })
    const stream = client.chat.completions.stream({ model: 'm', messages: [] })
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe('Hello')
  })

  test('to the Anthropic client', async () => {
    const message = {
      id: 'msg',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    }
    const parts = [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 2 },
      },
      { type: 'message_stop' },
    ]
    const text = parts.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join('')
    const { fetch } = fetchOf(whole(text))
    const client = new Anthropic({
      apiKey: 'key',
      baseURL: baseUrl,
      fetch: resumingFetch({ fetch }) as typeof globalThis.fetch,
    })
    const stream = client.messages.stream({
      model: 'm',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect((await stream.finalMessage()).content[0]).toMatchObject({ type: 'text', text: 'Hello' })
  })
})

test('a chat completion that breaks off fails the official client with the error of the connection', async () => {
  const { fetch, sent } = fetchOf(broken('data: {"choices":[]}\n\n'))
  const client = new OpenAI({ apiKey: 'key', baseURL: baseUrl, fetch: resumingFetch({ fetch }) })
  const stream = await client.chat.completions.create({ model: 'm', messages: [], stream: true })
  const read = (async () => {
    for await (const _ of stream);
  })()
  await expect(read).rejects.toMatchObject({ code: 'lost' })
  expect(sent.length).toBe(1)
})
