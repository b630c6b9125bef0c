import path from 'node:path'
import { accumulate, readChunks } from '@tesserae/openai'
import type { ChatCompletionChunk } from '@tesserae/openai/schema'
import { parseStream } from '@tesserae/parser/stream'
import { versioned } from '../../../../src/packages.ts'
import type { SharedServers } from '../../shared-servers.ts'
import { type Answer, answers, chunksOf, frame } from '../answers.ts'
import { portkey } from '../between/paths.ts'
import { wires } from '../between/relay.ts'
import { startProgram } from '../../../../src/foreign/program.ts'
import type { ChatClient, Endpoint } from './client.ts'
import { ask } from './ours.ts'

// Gateways that read a stream and write one of their own. What they lose is theirs; what they write, we read.

interface Gateway extends ChatClient {
  /** Where to ask for what the upstream says. */
  before(upstream: string, servers: SharedServers): Promise<Endpoint>
  /** The names of answers of which it makes what the moment makes of them. */
  readonly unpredictable?: readonly string[]
}

const otherLineEnds = wires.filter((wire) => wire.newline).map(({ name }) => name)

const question = ({ name }: Answer) => ({
  model: name,
  stream: true,
  messages: [{ role: 'user', content: 'Well?' }],
})

/** Portkey with Together as its upstream: texts and finish reasons are what it passes on. */
export const togetherAi: Gateway = {
  name: `${versioned('@portkey-ai/gateway')} for together-ai, read by readChunks, accumulate`,
  async before(upstream, servers) {
    const { url, headers } = await portkey.to(upstream, servers)
    return {
      url,
      headers: {
        ...headers,
        'x-portkey-provider': 'together-ai',
        'x-portkey-custom-host': upstream,
      },
    }
  },
  async read(endpoint, answer, seen) {
    const sequence: unknown[] = []
    const response = await ask(endpoint, question(answer))
    for await (const chunk of readChunks(response, { incomplete: 'return' })) {
      sequence.push({ ...chunk, created: 0 })
      if (sequence.length === 2) seen()
    }
    const again = await ask(endpoint, question(answer))
    const { message, verdict } = await accumulate(again, { incomplete: 'return' })
    const said = message.choices[0]
    return { message: [said?.message.content, said?.finish_reason, verdict.reason], sequence }
  },
  expected(answer, way) {
    const chunks = heard(answer, way)
    const sequence = chunks.map(({ id, model, choices: [choice] }) => ({
      id,
      object: 'chat.completion.chunk',
      created: 0,
      model,
      provider: 'together-ai',
      choices: [
        {
          delta: choice && 'content' in choice.delta ? { content: choice.delta.content } : {},
          index: 0,
          finish_reason: choice?.finish_reason ?? null,
        },
      ],
    }))
    const choices = chunks.flatMap((chunk) => chunk.choices)
    const texts = choices.map(({ delta }) => delta.content).filter((text) => text !== undefined)
    const finish = choices.findLast((choice) => choice.finish_reason)?.finish_reason ?? null
    // A stream of no chunk ends with [DONE] like any other.
    if (chunks.length === 0) return { message: [undefined, undefined, 'no-end'], sequence }
    const content = texts.every((text) => text === null) ? null : texts.join('')
    return { message: [content, finish, finish === null ? 'no-end' : undefined], sequence }
  },
  known: {
    reasoning: 'reasoning_content is left out',
    tool: 'tool calls are left out',
    tools: 'tool calls are left out',
    'text-then-tool': 'tool calls are left out',
    'two-choices': 'each index becomes 0, so two choices become one',
    logprobs: 'they are left out',
    breaks: 'an error ends the stream without a word: our verdict says so',
    waits: 'a comment ends the stream without a word: our verdict says so',
    ...Object.fromEntries(
      answers.flatMap(({ name }) =>
        otherLineEnds.map((way) => [`${name}, ${way}`, 'of line ends other than LF nothing comes']),
      ),
    ),
  },
}

/** What it takes notice of. */
function heard(answer: Answer, way: string): ChatCompletionChunk[] {
  if (otherLineEnds.includes(way)) return []
  const chunks = chunksOf(answer)
  return answer.how === 'waits' ? chunks.slice(0, 2) : chunks
}

/** A library that reads chat completions and writes Anthropic's messages. */
export const llms: Gateway = {
  name: `${versioned('@musistudio/llms')}, which writes messages, read by parseStream`,
  before: (upstream, servers) =>
    servers.get(`llms ${upstream}`, () =>
      startProgram(path.join(import.meta.dirname, '../../../../src/foreign/llms.ts'), {
        args: [upstream, ...answers.map(({ name }) => name)],
      }),
    ),
  // After the first finish reason, it depends on what comes in one piece with it.
  unpredictable: ['two-choices'],
  async read({ url }, answer, seen) {
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...question(answer), model: `up,${answer.name}`, max_tokens: 99 }),
      signal: AbortSignal.timeout(30_000),
    })
    const sequence: unknown[] = []
    for await (const { event, data } of parseStream(response)) {
      const parsed = JSON.parse(data)
      if (event === 'message_start') parsed.message.id = ''
      // Usage that comes after the finish reason is lost, or not, as it happens.
      if (event === 'message_delta') delete parsed.usage
      if (event === 'content_block_delta') seen()
      sequence.push([event, parsed])
    }
    return { message: blocksIn(sequence), sequence }
  },
  expected(answer, way) {
    const sequence = [...messageEvents(answer, way)]
    return { message: blocksIn(sequence), sequence }
  },
  known: {
    reasoning: 'reasoning_content is left out',
    logprobs: 'they are left out',
    breaks: 'the error comes as an event, and then the message ends as if it were whole',
    ...Object.fromEntries(
      answers.map(({ name }) => [
        `${name}, CR`,
        'of line ends that are CR it knows nothing: an empty message',
      ]),
    ),
  },
}

interface MessageData {
  readonly type?: string
  readonly content_block?: { readonly text?: string; readonly id?: string; readonly name?: string }
  readonly delta?: {
    readonly type?: string
    readonly text?: string
    readonly partial_json?: string
  }
}
type MessageEvent = readonly [name: string, data: object]

/** What is in the blocks of a message: its text, and the tools that it uses. */
function blocksIn(sequence: readonly unknown[]): unknown[] {
  const blocks: { text?: string; id?: string; name?: string; json?: string }[] = []
  for (const [, data] of sequence as [string, MessageData][]) {
    if (data.content_block) blocks.push({ ...data.content_block })
    const block = blocks.at(-1)
    if (data.delta?.text) block!.text += data.delta.text
    if (data.delta?.partial_json) block!.json = (block!.json ?? '') + data.delta.partial_json
  }
  return blocks
}

function* messageEvents(answer: Answer, way: string): Generator<MessageEvent> {
  const usage = { input_tokens: 0, output_tokens: 0 }
  const head = { id: '', type: 'message', role: 'assistant', content: [], model: answer.name }
  const event = (type: string, more: object = {}): MessageEvent => [type, { type, ...more }]
  const message = { ...head, stop_reason: null, stop_sequence: null, usage }
  if (way !== 'CR') yield event('message_start', { message })
  let open: string | undefined
  let index = -1
  const chunks = way === 'CR' ? [] : chunksOf(answer)
  for (const { delta } of chunks.flatMap(({ choices }) =>
    choices.filter((one) => one.index === 0),
  )) {
    const call = delta.tool_calls?.[0]
    const kind = delta.content ? 'text' : call ? `call ${call.index}` : undefined
    if (kind !== undefined && kind !== open) {
      if (open !== undefined) yield event('content_block_stop', { index })
      open = kind
      const block = call
        ? { type: 'tool_use', id: call.id, name: call.function?.name, input: {} }
        : { type: 'text', text: '' }
      yield event('content_block_start', { index: ++index, content_block: block })
    }
    if (delta.content)
      yield event('content_block_delta', {
        index,
        delta: { type: 'text_delta', text: delta.content },
      })
    if (call?.function?.arguments)
      yield event('content_block_delta', {
        index,
        delta: { type: 'input_json_delta', partial_json: call.function.arguments },
      })
  }
  if (answer.how === 'breaks' && way !== 'CR') {
    const error = { type: 'api_error', message: JSON.stringify(frame.error) }
    yield event('error', { message: error })
  }
  if (open !== undefined) yield event('content_block_stop', { index })
  const calls = answer.completion.choices[0]?.finish_reason === 'tool_calls' && way !== 'CR'
  yield event('message_delta', {
    delta: { stop_reason: calls ? 'tool_use' : 'end_turn', stop_sequence: null },
  })
  yield event('message_stop')
}
