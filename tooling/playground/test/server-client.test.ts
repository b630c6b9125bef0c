import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai'
import { accumulate } from '@tesserae/openai'
import { loadRecording } from '@tesserae/testkit/recordings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Playground, startPlayground } from '../server/start.ts'
import { STORY } from '../server/texts.ts'

let playground: Playground
beforeAll(async () => {
  playground = await startPlayground({ port: 0 })
})
afterAll(() => playground.close())

function clientOf(path = '/v1', query: Record<string, string> = { speed: 'max' }): OpenAI {
  const baseURL = playground.url + path
  return new OpenAI({ baseURL, apiKey: 'none', defaultQuery: query, maxRetries: 0 })
}

const said = 'Grüße, 東京! 👩‍🚀  twice,\n and a last line\n'
const messages = [
  { role: 'system' as const, content: 'Repeat.' },
  { role: 'user' as const, content: said },
]

describe('the official client, without streaming', () => {
  const client = { withResponse: () => clientOf('/v1', {}) }

  test('gets the text about itself', async () => {
    const completion = await client
      .withResponse()
      .chat.completions.create({ model: 'tesserae', messages })
    expect(completion.choices).toHaveLength(1)
    expect(completion.choices[0]?.message.content).toBe(STORY.itself)
    expect(completion.choices[0]?.finish_reason).toBe('stop')
    expect(completion.usage?.total_tokens).toBeGreaterThan(10)
  })

  test('gets an echo, from chat and from the legacy API', async () => {
    const chat = await client.withResponse().chat.completions.create({ model: 'echo', messages })
    expect(chat.choices[0]?.message.content).toBe(said)
    const legacy = await client.withResponse().completions.create({ model: 'echo', prompt: said })
    expect(legacy.object).toBe('text_completion')
    expect(legacy.choices[0]?.text).toBe(said)
  })

  test('gets what a recorded server would have sent at once', async () => {
    const model = 'replay/llama-server/tools-parallel'
    const { choices } = await client.withResponse().chat.completions.create({ model, messages })
    const calls = loadRecording('llama-server/tools-parallel').meaning?.choices?.[0]?.tool_calls
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    expect(
      choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function),
    ).toEqual(calls?.map(({ name, arguments: text }) => ({ name, arguments: text })))
  })
})

describe('the official client, streaming', () => {
  test.each(['tesserae', 'echo'])('%s', async (model) => {
    const stream = await clientOf().chat.completions.create({ model, messages, stream: true })
    let text = ''
    let last
    for await (const { choices, usage } of stream) {
      text += choices[0]?.delta.content ?? ''
      last = choices[0]?.finish_reason
      expect(usage).toBeUndefined()
    }
    expect(text).toBe(model === 'echo' ? said : STORY.itself)
    expect(last).toBe('stop')
  })

  test('its own accumulator finds what ours does', async () => {
    for (const model of [
      'echo',
      'replay/llama-server/tools-parallel',
      'replay/llama-server/logprobs',
    ]) {
      const theirs = await clientOf()
        .chat.completions.stream({ model, messages })
        .finalChatCompletion()
      const body = { model, messages, stream: true as const }
      const ours = await accumulate(await clientOf().chat.completions.create(body))
      const calls = (completion: OpenAI.ChatCompletion): unknown =>
        completion.choices[0]?.message.tool_calls?.map(
          (call) => call.type === 'function' && call.function.arguments,
        )
      expect(calls(theirs)).toEqual(calls(ours))
      expect(theirs.choices[0]?.message.content).toBe(ours.choices[0]?.message.content)
      expect(theirs.choices[0]?.finish_reason).toBe(ours.choices[0]?.finish_reason)
    }
  })

  test('usage comes when it is asked for, in a chunk of its own', async () => {
    const stream = await clientOf().chat.completions.create({
      model: 'echo',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const usages = []
    for await (const { usage, choices } of stream) if (usage) usages.push([usage, choices])
    // The answer has eight words, and so has the question.
    expect(usages).toEqual([[{ prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 }, []]])
  })

  test('the legacy API', async () => {
    for (const model of ['echo', 'tesserae']) {
      const stream = await clientOf().completions.create({ model, prompt: said, stream: true })
      let text = ''
      for await (const { choices, object } of stream) {
        text += choices[0]?.text ?? ''
        expect(object).toBe('text_completion')
      }
      expect(text).toBe(model === 'echo' ? said : STORY.itself)
    }
    const model = 'replay/llama-server/completions'
    const stream = await clientOf().completions.create({ model, prompt: '', stream: true })
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.text ?? ''
    expect(text).toBe(loadRecording('llama-server/completions').meaning?.choices?.[0]?.content)
  })

  test('Crucible as its document prints it: chunks that have an output', async () => {
    const asked = { model: 'crucible-1', prompt: 'Analyze the following document...' }
    const stream = await clientOf('/crucible/v1').completions.create({ ...asked, stream: true })
    let text = ''
    for await (const chunk of stream) text += (chunk as unknown as { output: string }).output
    expect(text).toMatch(/^The document is short\..*over\.$/)
  })

  test('survives any cut, and takes options from its extra body', async () => {
    for (const cuts of ['event', 'byte', 'random', 'hostile']) {
      const body = { model: 'echo', messages, stream: true as const, playground: { cuts } }
      const { choices } = await accumulate(await clientOf().chat.completions.create(body))
      expect(choices[0]?.message.content).toBe(said)
    }
  })

  test('who leaves early gets no more, and nothing breaks', async () => {
    const client = clientOf('/v1', { speed: '50' })
    const stream = await client.chat.completions.create({
      model: 'tesserae',
      messages,
      stream: true,
    })
    for await (const _ of stream) break
    expect(stream.controller.signal.aborted).toBe(true)
  })
})

describe('models', () => {
  test('are listed', async () => {
    const names = []
    for await (const { id, object } of clientOf('/v1', {}).models.list()) {
      names.push(id)
      expect(object).toBe('model')
    }
    const systems = ['gemma-4-26b', 'model-id', '...', 'vllm-primary', 'crucible-1']
    expect(names.slice(0, 7)).toEqual(['tesserae', 'echo', ...systems])
    expect(names).toContain('replay/llama-server/unicode')
    expect(names).toContain('replay/seeds/crucible-deep')
  })

  test('under a prefix: only those of its system', async () => {
    const { data } = await clientOf('/solidrust/v1', {}).models.list()
    const names = data.map(({ id }) => id).filter((id) => !id.startsWith('replay/'))
    expect(names).toEqual(['tesserae', 'echo', 'vllm-primary'])
  })

  test('one by one, slashes and all', async () => {
    const client = clientOf('/v1', {})
    for (const name of ['echo', 'replay/llama-server/unicode', 'vllm-primary'])
      expect((await client.models.retrieve(name)).id).toBe(name)
    await expect(client.models.retrieve('gpt-9')).rejects.toThrow(NotFoundError)
  })
})

describe('errors are what the official client takes for them', () => {
  test('no such model', async () => {
    const asking = clientOf().chat.completions.create({ model: 'gpt-9', messages, stream: true })
    const error = (await asking.catch((error: unknown) => error)) as NotFoundError
    expect(error).toBeInstanceOf(NotFoundError)
    expect([error.status, error.code, error.param]).toEqual([404, 'model_not_found', 'model'])
    expect(error.message).toContain('GET /v1/models')
  })

  test('a bad option', async () => {
    const asking = clientOf('/v1', { fault: 'fire' }).chat.completions.create({
      model: 'echo',
      messages,
    })
    const error = (await asking.catch((error: unknown) => error)) as BadRequestError
    expect(error).toBeInstanceOf(BadRequestError)
    expect([error.code, error.param]).toEqual(['invalid_option', 'fault'])
  })

  test('an error in the stream, which it throws after the chunks before it', async () => {
    const client = clientOf('/v1', { speed: 'max', fault: 'error' })
    const stream = await client.chat.completions.create({ model: 'echo', messages, stream: true })
    let chunks = 0
    const reading = async (): Promise<void> => {
      for await (const _ of stream) chunks++
    }
    await expect(reading()).rejects.toThrow(APIError)
    expect(chunks).toBeGreaterThan(1)
  })
})
