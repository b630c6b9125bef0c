import { accumulate, reasoningOf, type ChunkEvent } from '@tesserae/openai'
import { crucible } from '@tesserae/openai/dialects'
import { parseStream } from '@tesserae/parser/stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Playground, startPlayground } from '../server/start.ts'
import { systems } from '../server/systems.ts'
import { STORY } from '../server/texts.ts'
import { post } from './asking.ts'

let playground: Playground
beforeAll(async () => {
  playground = await startPlayground({ port: 0 })
})
afterAll(() => playground.close())

const CONTENT: Readonly<Record<string, string>> = {
  cryptgpt: STORY.stone,
  yuhuan: 'It is 15 × 14 = 210.',
  sovereign: STORY.river,
  solidrust: STORY.stone,
  crucible:
    'The document is short. It says three things: how to ask, what comes, and when it is over.',
}
const REASONING: Readonly<Record<string, string>> = {
  yuhuan: '15! / 13! is what is left of 15! without its first thirteen factors: 14 and 15.',
  crucible: 'I read it from end to end. Most of it stands there three times.',
}
const FINISH: Readonly<Record<string, string>> = { cryptgpt: 'stop', sovereign: 'stop' }

/** What its own document asks, sent to its prefix. */
function askAsPrinted(id: string, more: object = {}): Promise<Response> {
  const { model, path, asks } = systems.find((system) => system.id === id) as (typeof systems)[0]
  return post(`${playground.url}/${id}${path}?speed=max`, { model, ...asks, stream: true, ...more })
}

async function dataOf(response: Response): Promise<ChunkEvent[]> {
  const events: ChunkEvent[] = []
  for await (const { event, data } of parseStream(response))
    events.push({ data, ...(event !== undefined && { event }) })
  return events
}

describe.each(systems.map(({ id }) => id))('%s', (id) => {
  const options = id === 'crucible' ? { dialect: crucible } : {}

  test('is read as the message that it means', async () => {
    const { message, verdict } = await accumulate(await askAsPrinted(id), {
      ...options,
      incomplete: 'return',
    })
    const [choice] = message.choices
    expect(choice?.message.content).toBe(CONTENT[id])
    expect(choice && reasoningOf(choice.message)).toBe(REASONING[id])
    expect(choice?.finish_reason).toBe(FINISH[id] ?? null)
    expect(verdict.complete).toBe(true)
  })

  test('is read from the prefix with a text of ours, and an echo', async () => {
    const said = 'Once, 東京 and  👩‍🚀.'
    const asked = { messages: [{ role: 'user', content: said }], prompt: said }
    const echoed = await accumulate(await askAsPrinted(id, { model: 'echo', ...asked }), options)
    expect(echoed.choices[0]?.message.content).toBe(said)
    const told = await accumulate(await askAsPrinted(id, { model: 'tesserae' }), options)
    expect(told.choices[0]?.message.content).toBe(STORY.itself)
  })

  test('is found under no prefix too, by the name of its model', async () => {
    const { model, path, asks } = systems.find((system) => system.id === id) as (typeof systems)[0]
    const url = `${playground.url}${path}?speed=max`
    const response = await post(url, { model, ...asks, stream: true })
    const { choices } = await accumulate(response, options)
    expect(choices[0]?.message.content).toBe(CONTENT[id])
  })

  test('says it without streaming too', async () => {
    const whole = (await (await askAsPrinted(id, { stream: false })).json()) as Record<
      string,
      unknown
    >
    if (id === 'crucible') {
      const { output, reasoning_trace: trace } = whole
      expect([output, trace]).toEqual([CONTENT[id], REASONING[id]])
    } else {
      const [choice] = whole['choices'] as { message: { content: string } }[]
      expect(choice?.message.content).toBe(CONTENT[id])
    }
  })

  test('sends its own error frame, after what came before', async () => {
    // Yuhuan thinks before it speaks, Crucible after it.
    const at = id === 'crucible' ? 0.5 : 0.8
    const response = await askAsPrinted(id, { playground: { fault: 'error', at } })
    const { failure, message } = await accumulate(response, { ...options, incomplete: 'return' })
    expect(failure?.code).toBe('server-error')
    const content = message.choices[0]?.message.content ?? ''
    expect(content).not.toBe('')
    expect(CONTENT[id]?.startsWith(content)).toBe(true)
    expect(content).not.toBe(CONTENT[id])
  })
})

describe('what the documents print is what is sent', () => {
  const first = async (id: string): Promise<unknown[]> =>
    (await dataOf(await askAsPrinted(id))).map(({ data }) =>
      data === '[DONE]' ? data : JSON.parse(data),
    )
  const chatcmpl = expect.stringMatching(/^chatcmpl-/) as string
  const object = 'chat.completion.chunk'

  test('cryptgpt', async () => {
    const chunks = await first('cryptgpt')
    const head = { id: chatcmpl, object }
    expect(chunks[0]).toEqual({
      ...head,
      choices: [{ delta: { role: 'assistant' }, finish_reason: null }],
    })
    expect(chunks[1]).toEqual({
      ...head,
      choices: [{ delta: { content: 'Once' }, finish_reason: null }],
    })
    expect(chunks.at(-2)).toEqual({ ...head, choices: [{ delta: {}, finish_reason: 'stop' }] })
    expect(chunks.at(-1)).toBe('[DONE]')
    const response = await askAsPrinted('cryptgpt', { playground: { fault: 'error', at: 0 } })
    expect(JSON.parse((await dataOf(response))[0]?.data ?? '')).toEqual({
      error: { message: expect.any(String), type: 'server_error' },
    })
  })

  test('yuhuan', async () => {
    const chunks = await first('yuhuan')
    const head = { id: chatcmpl, object }
    expect(chunks[0]).toEqual({ ...head, choices: [{ delta: { role: 'assistant' }, index: 0 }] })
    expect(chunks[1]).toEqual({
      ...head,
      choices: [{ delta: { reasoning_content: '15!' }, index: 0 }],
    })
    expect(Object.keys(chunks.at(-2) as object)).toEqual(['usage'])
    expect(chunks.at(-1)).toBe('[DONE]')
  })

  test('sovereign', async () => {
    const chunks = await first('sovereign')
    const head = { id: chatcmpl, object }
    expect(chunks[0]).toEqual({
      ...head,
      choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }],
    })
    expect(chunks.at(-2)).toEqual({
      ...head,
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    })
    expect(chunks.at(-1)).toBe('[DONE]')
  })

  test('solidrust', async () => {
    const chunks = await first('solidrust')
    const head = { id: chatcmpl, object, created: expect.any(Number), model: 'vllm-primary' }
    expect(chunks[0]).toEqual({
      ...head,
      choices: [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }],
    })
    expect(chunks.at(-2)).toEqual({
      ...head,
      choices: [{ index: 0, delta: { content: expect.any(String) }, finish_reason: null }],
    })
    expect(chunks.at(-1)).toBe('[DONE]')
  })

  test('crucible, in standard and in deep mode', async () => {
    const standard = await dataOf(await askAsPrinted('crucible', { mode: 'standard' }))
    expect(standard[0]).toEqual({ data: '{"output":"The"}' })
    expect(standard.every(({ event }) => event === undefined)).toBe(true)
    expect(standard.at(-1)).toEqual({ data: '[DONE]' })
    const deep = await dataOf(await askAsPrinted('crucible'))
    const trace = JSON.stringify({ reasoning_trace: REASONING['crucible'] })
    expect(deep.at(-2)).toEqual({ event: 'reasoning_trace', data: trace })
    expect(deep.slice(0, -2)).toEqual(standard.slice(0, -1))
  })
})

test('usage is sent when it is asked for, and not else', async () => {
  for (const { id } of systems.filter(({ id }) => id !== 'crucible')) {
    const withUsage = { stream_options: { include_usage: true } }
    const told = await accumulate(await askAsPrinted(id, withUsage))
    expect(told.usage?.total_tokens, id).toBeGreaterThan(1)
    const silent = await accumulate(await askAsPrinted(id, { stream_options: null }))
    expect(silent.usage, id).toBeUndefined()
  }
})
