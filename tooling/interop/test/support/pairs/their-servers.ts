import { startEngine } from '../../../src/engine/server.ts'
import { accumulate, type ModelStreamError } from '@tesserae/openai'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { nginxGzip, portkey } from '../chat/between/paths.ts'
import { startRelay, wires } from '../chat/between/relay.ts'
import { ask } from '../chat/clients/ours.ts'
import { questions } from '../chat/dialogues.ts'
import {
  CUT,
  startAimock,
  startMockLlm,
  startMockOpenaiApi,
  startOpenaiMockApi,
  TEXT,
} from '../../../src/foreign/mocks.ts'
import {
  type Circumstances,
  compareSequence,
  compareWithWhole,
  nullForNothing,
  type Question,
} from '../chat/whole.ts'
import type { Endpoint } from '../chat/clients/client.ts'
import { versioned } from '../../../src/packages.ts'
import type { Group, Pair } from '../pair.ts'
import type { Sheet } from '../sheet.ts'

const said = (content: string, model = 'm'): object => ({
  model,
  messages: [{ role: 'user', content }],
})

/** How a stream fails, in the words of our error. */
async function compareFailure(
  sheet: Sheet,
  endpoint: Endpoint,
  name: string,
  body: object,
  expected: object,
): Promise<void> {
  const failure = (await accumulate(await ask(endpoint, { ...body, stream: true })).catch(
    (error: unknown) => error,
  )) as ModelStreamError
  const { code, status, error, partial } = failure
  const actual = {
    code,
    status,
    reason: error?.code,
    content: partial?.choices[0]?.message.content,
  }
  sheet.compare('errors', name, actual, expected)
}

async function compareBoth(
  sheet: Sheet,
  endpoint: Endpoint,
  question: Question,
  circumstances: Circumstances = {},
): Promise<void> {
  await compareWithWhole(sheet, endpoint, question, circumstances)
  await compareSequence(sheet, endpoint, question)
}

const llama: Pair = {
  name: 'llama-server',
  quick: true,
  async run(sheet, servers) {
    const engine = await servers.get('llama-server', startEngine)
    for (const question of questions) await compareBoth(sheet, engine, question)
    await compareFailure(sheet, engine, 'too much', said('Say hello. '.repeat(900), 'tiny-chat'), {
      code: 'server-error',
      status: 400,
      reason: 400,
    })
  },
}

const llamaThrough = [portkey, nginxGzip].map((path): Pair => ({
  name: `llama-server, through ${path.name}`,
  async run(sheet, servers) {
    const engine = await servers.get('llama-server', startEngine)
    const endpoint = await path.to(engine.url, servers)
    const withoutCache = ({ usage }: ChatCompletion): void =>
      void delete usage?.prompt_tokens_details
    // What it does not know of a question it does not pass on, and so the server may remember another.
    const takeAway = path === portkey ? withoutCache : undefined
    for (const question of questions)
      await compareBoth(sheet, endpoint, question, { origin: engine, takeAway })
  },
}))

/** Questions whose answers have characters of several tokens, text like an event stream, reasoning, three tool calls. */
const vulnerable = questions.filter(({ name }) => /scripts|Quote|two plus|Three/.test(name))

const llamaRecut: Pair = {
  name: `llama-server, sent in ${wires.length} other ways`,
  async run(sheet, servers) {
    const engine = await servers.get('llama-server', startEngine)
    for (const wire of wires) {
      const relay = await servers.get(`llama ${wire.name}`, () => startRelay(engine.url, wire))
      for (const { name, ...question } of vulnerable)
        await compareBoth(sheet, relay, { ...question, name: `${name}, ${wire.name}` })
    }
  },
}

const aimock: Pair = {
  name: `${versioned('@copilotkit/aimock')} as a mock`,
  quick: true,
  async run(sheet, servers) {
    const server = await servers.get('aimock', startAimock)
    for (const name of [
      'text',
      'reasoning',
      'one tool',
      'two tools',
      'words, then a tool',
      'nothing',
    ])
      await compareBoth(sheet, server, { name, body: said(name) })
    await compareText(sheet, server, 'text')
    await compareFailure(sheet, server, 'refused', said('refused'), {
      code: 'server-error',
      status: 429,
      reason: 'slow',
    })
    await compareCut(sheet, server)
  },
}

/** How much of it arrives before the connection breaks is not the same each time. */
async function compareCut(sheet: Sheet, endpoint: Endpoint): Promise<void> {
  const response = await ask(endpoint, { ...said('cut'), stream: true })
  const { message, verdict, failure } = await accumulate(response, { incomplete: 'return' })
  const content = message.choices[0]?.message.content ?? ''
  const actual = [failure?.code, verdict.reason, content !== '' && CUT.startsWith(content)]
  sheet.compare('errors', 'cut', actual, ['interrupted', 'error', true])
}

/** The words themselves, and not only that they come out the same in two ways. */
async function compareText(sheet: Sheet, endpoint: Endpoint, asked: string): Promise<void> {
  const { choices } = await accumulate(await ask(endpoint, { ...said(asked), stream: true }))
  sheet.compare('messages', 'the text itself', choices[0]?.message.content, TEXT)
}

const openaiMockApi: Pair = {
  name: versioned('openai-mock-api'),
  quick: true,
  async run(sheet, servers) {
    const server = await servers.get('openai-mock-api', startOpenaiMockApi)
    for (const name of ['text', 'tools and words', 'nothing']) {
      const question = { name, body: said(name), adjust: nullForNothing }
      await compareBoth(sheet, server, question, { leavesOut: ['usage'] })
    }
    await compareText(sheet, server, 'text')
    await compareFailure(sheet, server, 'unknown', said('unknown'), {
      code: 'server-error',
      status: 400,
      reason: 'invalid_request_error',
    })
  },
}

const mockOpenaiApi: Pair = {
  name: versioned('mock-openai-api'),
  quick: true,
  async run(sheet, servers) {
    const server = await servers.get('mock-openai-api', startMockOpenaiApi)
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters: {} } }]
    const asked: readonly [model: string, content: string, more?: object][] = [
      ['mock-gpt-thinking-tag', '1'],
      ['mock-gpt-thinking', '1'],
      ['gpt-4-mock', '1', { tools }],
      ['gpt-4-mock', '2', { tools }],
      ['gpt-4-mock', '3', { tools }],
    ]
    for (const [model, content, more = {}] of asked)
      await compareTold(sheet, server, `${model} ${content}`, { ...said(content, model), ...more })
    await compareFailure(sheet, server, 'no such model', said('x', 'none'), {
      code: 'server-error',
      reason: 'invalid_model',
    })
  },
}

/** Its documents and its streams differ in all but what they tell: usage is counted in two ways, and so on. */
async function compareTold(
  sheet: Sheet,
  endpoint: Endpoint,
  name: string,
  body: object,
): Promise<void> {
  const whole = (await (await ask(endpoint, body)).json()) as ChatCompletion
  const streamed = await accumulate(await ask(endpoint, { ...body, stream: true }))
  const told = ({ model, choices: [choice] }: ChatCompletion): unknown[] => [
    model,
    choice?.message.content ?? '',
    choice?.message.tool_calls,
    choice?.finish_reason,
  ]
  sheet.compare('messages', name, told(streamed), told(whole))
  await compareSequence(sheet, endpoint, { name, body })
  const { reasoning_content: reasoning } = streamed.choices[0]!.message
  if (!reasoning) return
  const half = reasoning.slice(0, reasoning.length / 2)
  sheet.compare(
    'messages',
    `${name}, reasoning`,
    reasoning,
    half + half,
    'reasoning_content comes whole in the first chunk, and in pieces after it: it is there twice',
  )
}

const mockLlm: Pair = {
  name: versioned('@dwmkerr/mock-llm'),
  quick: true,
  async run(sheet, servers) {
    const server = await servers.get('mock-llm', startMockLlm)
    for (const words of ['Hello.', 'Grüße, 世界! 👋🏽 👨‍👩‍👧‍👦 🇯🇵 नमस्ते ✓', 'data: [DONE] event: x'])
      await compareBoth(sheet, server, { name: words, body: said(words) }, { leavesOut: ['usage'] })
  },
}

export const theirServers: Group = {
  title: 'Other servers, read by accumulate: each stream is compared with the whole answer',
  pairs: [llama, llamaRecut, ...llamaThrough, aimock, openaiMockApi, mockOpenaiApi, mockLlm],
}
