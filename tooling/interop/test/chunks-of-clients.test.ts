import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { AIMessageChunk } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { accumulate, createAccumulator, readChunks, readDeltas, split } from '@tesserae/openai'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { streamText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answers } from './support/chat/answers.ts'
import { type ChatServer, startChatServer } from './support/chat/our-server.ts'

// The very objects that other clients yield, each read from a server over a socket, go straight into the
// accumulator. What comes out is what the server had, to the last field.

let server: ChatServer
beforeAll(async () => {
  server = await startChatServer()
})
afterAll(() => server.stop())

type Chunks = AsyncIterable<object>

/** The official client yields chunks. */
async function* ofOpenai(model: string): Chunks {
  const client = new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1`, maxRetries: 0 })
  yield* await client.chat.completions.create({ model, messages: [], stream: true })
}

/** Its helper iterates over the same. */
async function* ofOpenaiHelper(model: string): Chunks {
  const client = new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1`, maxRetries: 0 })
  yield* client.chat.completions.stream({ model, messages: [] })
}

/** The AI SDK yields them among its own parts, when an option asks for it. */
async function* ofAiSdk(model: string): Chunks {
  const provider = createOpenAICompatible({ name: 'ours', baseURL: `${server.url}/v1` })
  const { fullStream } = streamText({
    model: provider(model),
    prompt: 'Well?',
    maxRetries: 0,
    includeRawChunks: true,
    onError() {},
  })
  for await (const part of fullStream) if (part.type === 'raw') yield part.rawValue as object
}

async function messageChunksOf(
  model: string,
  keepsChunks = true,
): Promise<AsyncIterable<AIMessageChunk>> {
  const chat = new ChatOpenAI({
    model,
    apiKey: 'none',
    maxRetries: 0,
    configuration: { baseURL: `${server.url}/v1` },
    __includeRawResponse: keepsChunks,
  })
  return chat.stream('Well?')
}

/** LangChain keeps each in its own, when an option asks for it; the one with usage alone, which has no choice, it does not. */
async function* ofLangchain(model: string): Chunks {
  for await (const { additional_kwargs: more } of await messageChunksOf(model))
    if (more['__raw_response'] !== undefined) yield more['__raw_response'] as object
}

const withoutUsage = ({ usage: _, ...completion }: ChatCompletion): ChatCompletion => completion
const same = (completion: ChatCompletion): ChatCompletion => completion

describe.each([
  ['openai, create()', ofOpenai, same],
  ['openai, stream()', ofOpenaiHelper, same],
  ['the AI SDK', ofAiSdk, same],
  ['LangChain', ofLangchain, withoutUsage],
])('chunks of %s', (_, chunksOf, left) => {
  it.each(answers.filter(({ how }) => how === undefined))(
    'make the message: $name',
    async ({ name, completion }) => {
      const expected = left(completion)
      expect(await accumulate(chunksOf(name))).toEqual(expected)

      const accumulator = createAccumulator()
      for await (const chunk of chunksOf(name)) accumulator.push(chunk)
      const { message, verdict } = accumulator.finish()
      expect(message).toEqual(expected)
      expect(verdict.complete).toBe(true)
      expect(verdict.notes).toEqual([])

      const deltas = readDeltas(chunksOf(name))
      let text = ''
      for await (const delta of deltas) if (delta.type === 'content') text += delta.delta
      expect(text).toBe(completion.choices.map(({ message: { content } }) => content).join(''))

      const chunks: object[] = []
      for await (const chunk of readChunks<object>(chunksOf(name))) chunks.push(chunk)
      expect(chunks).toEqual(
        [...split(completion)].filter((chunk) => left !== withoutUsage || chunk.choices.length > 0),
      )
    },
  )
})

describe('whole objects of a client', () => {
  const answer = answers.find(({ how }) => how === undefined)
  const partsOf = (model: string, includeRawChunks: boolean): Chunks =>
    streamText({
      model: createOpenAICompatible({ name: 'ours', baseURL: `${server.url}/v1` })(model),
      prompt: 'Well?',
      maxRetries: 0,
      includeRawChunks,
      onError() {},
    }).fullStream

  it('are unwrapped where they keep the chunks', async () => {
    if (answer === undefined) throw new Error('There is no answer that is whole.')
    const { name, completion } = answer
    expect(await accumulate(partsOf(name, true))).toEqual(completion)
    expect(await accumulate(await messageChunksOf(name))).toEqual(withoutUsage(completion))
  })

  it('are refused where they do not', async () => {
    if (answer === undefined) throw new Error('There is no answer that is whole.')
    await expect(accumulate(partsOf(answer.name, false))).rejects.toMatchObject({
      code: 'no-chunks',
    })
    await expect(accumulate(await messageChunksOf(answer.name, false))).rejects.toMatchObject({
      code: 'no-chunks',
    })
  })
})

describe('an error in mid-stream', () => {
  const broken = async (chunks: Chunks): Promise<unknown> => {
    const { message, verdict, failure } = await accumulate(chunks, { incomplete: 'return' })
    return [message.choices[0]?.message.content, verdict.reason, failure?.code]
  }

  it('is one of the connection where a client throws: what had come is kept', async () => {
    const expected = ['It begins', 'error', 'interrupted']
    expect(await broken(ofOpenai('breaks'))).toEqual(expected)
    expect(await broken(ofLangchain('breaks'))).toEqual(expected)
  })

  it('is one of the server where a client hands it on', async () => {
    expect(await broken(ofAiSdk('breaks'))).toEqual(['It begins', 'error', 'server-error'])
  })
})
