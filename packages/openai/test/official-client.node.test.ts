import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { accumulate, split, toEvents } from '@tesserae/openai'
import { completionOf } from './support/completion.ts'

const completion = completionOf(
  {
    content: 'Let me see.',
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
  },
  { finish_reason: 'tool_calls' },
  { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
)

/** The official client, and a server that streams the completion. */
const clientOf = (events: Iterable<{ data: string }>): OpenAI => {
  const body = [...events].map(({ data }) => `data: ${data}\n\n`).join('')
  const headers = { 'content-type': 'text/event-stream' }
  return new OpenAI({
    apiKey: 'none',
    baseURL: 'http://127.0.0.1',
    fetch: async () => new Response(body, { headers }),
  })
}
const request = { model: 'm', messages: [] } as const

describe('with the official client', () => {
  test('its chunks make the message', async () => {
    const stream = await clientOf(toEvents(split(completion))).chat.completions.create({
      ...request,
      messages: [],
      stream: true,
    })
    expect(await accumulate(stream)).toEqual(completion)
  })

  test('its response makes it too', async () => {
    const client = clientOf(toEvents(split(completion)))
    const response = await client.chat.completions
      .create({ ...request, messages: [], stream: true })
      .asResponse()
    expect(await accumulate(response)).toEqual(completion)
  })

  test('its own accumulation of what we split is the same', async () => {
    const stream = clientOf(toEvents(split(completion))).chat.completions.stream({
      ...request,
      messages: [],
    })
    const theirs = await stream.finalChatCompletion()
    expect(theirs).toMatchObject({
      id: 'chatcmpl-1',
      usage: completion.usage,
      choices: [
        {
          message: { content: 'Let me see.', tool_calls: [{ function: { arguments: '{"a":1}' } }] },
        },
      ],
    })
  })
})
