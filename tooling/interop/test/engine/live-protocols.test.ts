import { accumulate as accumulateChat } from '@tesserae/openai'
import { anthropic } from '@tesserae/openai/dialects'
import { accumulate } from '@tesserae/openai/responses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isUnavailable } from '../../src/until-ready.ts'
import { ask, requests } from '../../src/engine/responses.ts'
import { type Engine, startEngine } from '../../src/engine/server.ts'

// A live llama-server answers in a stream what it answers without: the Responses API, and Anthropic Messages through the
// dialect. The model knows its answers by heart, so both are the same words.

/** One request, asked twice, and what its two answers are read with. */
interface Pair {
  readonly name: string
  readonly path: string
  readonly body: object
  readonly read: (answer: Response) => Promise<object>
}

const pairs: readonly Pair[] = [
  ...requests.map(({ name, body }) => ({
    name: `responses/${name}`,
    path: '/v1/responses',
    body,
    read: async (answer: Response) => {
      const { output, status, usage } = await accumulate(answer)
      return { output, status, usage }
    },
  })),
  ...requests.slice(0, 5).map(({ name, body }) => ({
    name: `messages/${name}`,
    path: '/v1/messages',
    body: { ...messagesBody(body), max_tokens: 256 },
    // Where the first character takes several tokens, the server leaves `message_start` out, with the model and the prompt.
    read: async (answer: Response) => {
      const { choices, usage } = await accumulateChat(answer, { dialect: anthropic })
      return { choices, completion_tokens: usage?.completion_tokens }
    },
  })),
]

/** A request at `/v1/responses` as Anthropic's clients write it. */
function messagesBody(body: object): object {
  const { input, tools, ...rest } = body as { input: string; tools?: Record<string, unknown>[] }
  return {
    ...rest,
    messages: [{ role: 'user', content: input }],
    ...(tools && {
      tools: tools.map(({ name, description, parameters }) => ({
        name,
        description,
        input_schema: parameters,
      })),
    }),
  }
}

/** Made anew for each answer, or counted otherwise because the second request finds the prompt in a cache. */
const RANDOM = [
  ['id', 'call_id', 'created', 'created_at', 'index'],
  ['cached_tokens', 'prompt_tokens_details', 'timings', 'encrypted_content'],
].flat()

/** llama-server gives an item of reasoning a status without streaming only. */
const meaningOf = (answer: object): unknown =>
  JSON.parse(
    JSON.stringify(answer, function (this: Record<string, unknown>, key, value: unknown) {
      const isRandom = RANDOM.includes(key)
      return isRandom || (key === 'status' && this['type'] === 'reasoning') ? undefined : value
    }),
  )

let engine: Engine | undefined
let missing = ''
beforeAll(async () => {
  try {
    engine = await startEngine()
  } catch (error) {
    if (!isUnavailable(error)) throw error
    missing = error.message
  }
}, 300_000)
afterAll(() => engine?.stop())

describe('a live llama-server streams what it answers without streaming', () => {
  test.for(pairs)('$name', { timeout: 60_000 }, async ({ path, body, read }, { skip }) => {
    if (engine === undefined) return skip(missing)
    const streamed = await read(await ask(engine.url, path, { ...body, stream: true }))
    const whole = await read(await ask(engine.url, path, { ...body, stream: false }))
    expect(meaningOf(streamed)).toEqual(meaningOf(whole))
  })
})
