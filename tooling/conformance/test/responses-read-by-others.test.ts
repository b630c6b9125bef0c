import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenResponses } from '@ai-sdk/open-responses'
import { sendEvents } from '@tesserae/encoder/node'
import { type ChunkEvent, split as splitChat, toEvents as toChatEvents } from '@tesserae/openai'
import { toChunks, toResponseEvents } from '@tesserae/openai/bridge'
import { anthropic } from '@tesserae/openai/dialects'
import { split, toEvents } from '@tesserae/openai/responses'
import type { ChatCompletion } from '@tesserae/openai/schema'
import type { LanguageModel } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readWith } from '../src/answers/ai-sdk.ts'
import { bases } from '../src/responses/habits.ts'

// Servers made of these packages, read by the clients that others publish, over HTTP.

type Wire = Record<string, unknown>

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion' as const,
  created: 1_700_000_000,
  model: 'm',
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls' as const,
      logprobs: null,
      message: {
        role: 'assistant' as const,
        content: 'Let me see, 東京.',
        refusal: null,
        tool_calls: [
          {
            id: 'call_a',
            type: 'function' as const,
            function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
          },
          {
            id: 'call_b',
            type: 'function' as const,
            function: { name: 'get_time', arguments: '{}' },
          },
        ],
      },
    },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 },
} satisfies ChatCompletion

const wholes = bases.map(({ events }) => (events.at(-1) as { response: Wire }).response)

/** What is sent at each path. */
const sources: Readonly<Record<string, () => Iterable<ChunkEvent>>> = {
  ...Object.fromEntries(
    wholes.map((whole, at) => [`/${at}/responses`, () => toEvents(split(whole as never))]),
  ),
  '/bridged/responses': () => toEvents(toResponseEvents(splitChat(completion))),
  '/v1/messages': () => toChatEvents(splitChat(completion), { dialect: anthropic }),
  '/bridged/v1/messages': () =>
    toChatEvents(toChunks(toResponseEvents(splitChat(completion))), { dialect: anthropic }),
}

let server: Server
let url: string
beforeAll(async () => {
  server = createServer((request, response) => {
    const source = sources[request.url ?? '']
    if (source) void sendEvents(request, response, source())
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

describe.each(bases.map(({ name, expected }, at) => ({ name, expected, at })))(
  'a response with $name, from `split`',
  ({ expected, at }) => {
    test('is read by `responses.stream` of the official client', async () => {
      const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/${at}`, maxRetries: 0 })
      const response = await client.responses.stream({ model: 'm', input: 'Hi' }).finalResponse()
      expect(response.status).toBe('completed')
      expect(response.output_text).toBe(expected.text ?? '')
      expect(response.output).toMatchObject(expected.output ?? [])
    })

    test.each<[string, () => LanguageModel]>([
      ['openai', () => createOpenAI({ baseURL: `${url}/${at}`, apiKey: 'none' }).responses('m')],
      [
        'open-responses',
        () =>
          createOpenResponses({ name: 'any', url: `${url}/${at}/responses`, apiKey: 'none' })('m'),
      ],
    ])('is read by the AI SDK through its provider %s', async (_, model) => {
      const seen = await readWith(model())
      expect(seen.error).toBeUndefined()
      expect(seen.text).toBe(expected.text ?? '')
      expect(seen.reasoning ?? '').toBe(expected.reasoning ?? '')
      expect(seen.tools?.map(([id, name]) => [id, name])).toEqual(
        (expected.tools ?? []).map(([id, name]) => [id, name]),
      )
    })
  },
)

describe('a chat completion', () => {
  test('through the bridge is read by the official client', async () => {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/bridged`, maxRetries: 0 })
    const response = await client.responses.stream({ model: 'm', input: 'Hi' }).finalResponse()
    expect(response.output_text).toBe('Let me see, 東京.')
    expect(response.output.filter(({ type }) => type === 'function_call')).toMatchObject([
      { call_id: 'call_a', name: 'get_weather', arguments: '{"city":"Paris"}' },
      { call_id: 'call_b', name: 'get_time', arguments: '{}' },
    ])
    expect(response.usage).toMatchObject({ input_tokens: 5, output_tokens: 6, total_tokens: 11 })
  })

  test.each(['', '/bridged'])(
    'through the dialect%s is read by the SDK of Anthropic',
    async (prefix) => {
      const client = new Anthropic({ apiKey: 'none', baseURL: `${url}${prefix}`, maxRetries: 0 })
      const stream = client.messages.stream({
        model: 'm',
        max_tokens: 16,
        messages: [{ role: 'user', content: 'Hi' }],
      })
      const message = await stream.finalMessage()
      expect(message).toMatchObject({
        role: 'assistant',
        stop_reason: 'tool_use',
        content: [
          { type: 'text', text: 'Let me see, 東京.' },
          { type: 'tool_use', id: 'call_a', name: 'get_weather', input: { city: 'Paris' } },
          { type: 'tool_use', id: 'call_b', name: 'get_time', input: {} },
        ],
        usage: { input_tokens: 5, output_tokens: 6 },
      })
    },
  )
})
