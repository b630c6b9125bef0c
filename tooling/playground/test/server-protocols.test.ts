import Anthropic from '@anthropic-ai/sdk'
import { accumulate } from '@tesserae/openai'
import { anthropic } from '@tesserae/openai/dialects'
import { accumulate as accumulateResponse, outputTextOf } from '@tesserae/openai/responses'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Playground, startPlayground } from '../server/start.ts'
import { post } from './asking.ts'

let playground: Playground
beforeAll(async () => {
  playground = await startPlayground({ port: 0 })
})
afterAll(() => playground.close())

const said = 'Once, 東京 and  👩‍🚀.'
const ask = (path: string, body: object) =>
  post(`${playground.url}${path}?speed=max`, { model: 'echo', ...body })

describe('/v1/responses', () => {
  test('streams a response that the official client reads too', async () => {
    const response = await accumulateResponse(
      await ask('/v1/responses', { input: said, stream: true }),
    )
    expect(outputTextOf(response)).toBe(said)
    const client = new OpenAI({ baseURL: `${playground.url}/v1`, apiKey: 'none', maxRetries: 0 })
    const theirs = await client.responses.stream({ model: 'echo', input: said }).finalResponse()
    expect(theirs.output_text).toBe(said)
    expect(theirs.usage?.output_tokens).toBeGreaterThan(0)
  })

  test('answers without streaming, and takes a list of items', async () => {
    const content = [{ type: 'input_text', text: said }]
    const whole = await (await ask('/v1/responses', { input: [{ role: 'user', content }] })).json()
    expect(outputTextOf(whole as { output: object[] })).toBe(said)
  })

  test('sends its own error frame', async () => {
    const asked = await ask('/v1/responses', {
      input: said,
      stream: true,
      playground: { fault: 'error' },
    })
    await expect(accumulateResponse(asked)).rejects.toMatchObject({ code: 'server-error' })
  })

  test('refuses a request without a text', async () => {
    expect((await ask('/v1/responses', { stream: true })).status).toBe(400)
  })
})

describe('/v1/messages', () => {
  const messages = [{ role: 'user', content: said }]

  test('streams a message that the dialect and the official client read', async () => {
    const client = new Anthropic({ baseURL: playground.url, apiKey: 'none', maxRetries: 0 })
    const stream = client.messages.stream({
      model: 'echo',
      max_tokens: 64,
      messages: [{ role: 'user', content: said }],
    })
    const theirs = await stream.finalMessage()
    expect(theirs).toMatchObject({
      content: [{ type: 'text', text: said }],
      stop_reason: 'end_turn',
    })
    expect(theirs.usage.output_tokens).toBeGreaterThan(0)
    const asked = await ask('/v1/messages', { messages, stream: true })
    const { choices } = await accumulate(asked, { dialect: anthropic })
    expect(choices[0]?.message.content).toBe(said)
    expect(choices[0]?.finish_reason).toBe('stop')
  })

  test('answers without streaming', async () => {
    const whole = await (await ask('/v1/messages', { messages })).json()
    expect(whole).toMatchObject({ type: 'message', content: [{ type: 'text', text: said }] })
  })
})

describe.each([
  ['/v1/responses', (said: string) => ({ input: said }), 'input'],
  ['/v1/messages', (said: string) => ({ messages: [{ role: 'user', content: said }] }), 'messages'],
] as const)('%s refuses and fails as chat completions do', (path, asking, field) => {
  test('with a page, and with a status', async () => {
    const page = await ask(path, { ...asking(said), stream: true, playground: { fault: 'html' } })
    expect(await page.text()).toContain('<!doctype html>')
    const failed = await ask(path, { ...asking(said), playground: { fault: 'status' } })
    expect(failed.status).toBe(503)
  })

  test.each([
    ['a fault of streams where nothing streams', { playground: { fault: 'drop' } }, 'fault'],
    ['a text that is too long to echo', asking('x'.repeat(16_385)), null],
    ['a request without a text', { [field]: undefined }, field],
  ])('%s', async (_, more, param) => {
    const response = await ask(path, { ...asking(said), ...more })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param } })
  })
})
