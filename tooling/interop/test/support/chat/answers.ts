import { split } from '@tesserae/openai'
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatMessage,
  FinishReason,
  Usage,
} from '@tesserae/openai/schema'

/** What a server has to say, and how it goes about it. */
export interface Answer {
  readonly name: string
  readonly completion: ChatCompletion
  /** `breaks`: an error in place of the rest. `waits`: long enough for comments to be sent between. */
  readonly how?: 'breaks' | 'waits'
}

/** The error frame of the answer that breaks. */
export const frame = {
  error: { message: 'The engine stopped.', type: 'server_error', param: null, code: 'engine' },
}

const usage: Usage = {
  prompt_tokens: 12,
  completion_tokens: 34,
  total_tokens: 46,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 7 },
}

function said(message: Partial<ChatMessage>, finish: FinishReason = 'stop', index = 0) {
  return {
    index,
    message: { role: 'assistant' as const, content: null, refusal: null, ...message },
    logprobs: null,
    finish_reason: finish,
  }
}

function answer(
  name: string,
  choices: ChatCompletion['choices'],
  more: Partial<ChatCompletion> = {},
  how?: Answer['how'],
): Answer {
  const head = { id: 'chatcmpl-7', object: 'chat.completion' as const, created: 1_700_000_000 }
  const fields = { ...head, model: name, system_fingerprint: 'fp_1', choices, ...more }
  return { name, completion: fields, ...(how && { how }) }
}

const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args },
})

const weather = call('call_1', 'get_weather', '{"city":"京都","note":"say \\"hi\\" \\\\ \\n 👋🏽"}')
const time = call('call_2', 'get_time', '{}')

const token = (text: string, logprob: number) => ({
  token: text,
  bytes: [...Buffer.from(text)],
  logprob,
  top_logprobs: [{ token: text, bytes: [...Buffer.from(text)], logprob }],
})

/** Every answer has usage, as it has when a client asks for it, except the one that shows what is without. */
export const answers: readonly Answer[] = [
  answer(
    'text',
    [
      said({
        content: 'Grüße, 世界! 👋🏽 👨‍👩‍👧‍👦 🇯🇵 नमस्ते e\u0301 \u2028 ✓\r\nA line,\na tab\t and "quotes".',
      }),
    ],
    { usage },
  ),
  answer(
    'looks-like-sse',
    [
      said({
        content:
          'data: {"a": 1}\n\nevent: ping\ndata: [DONE]\n\nid: 7\r\n: no\r\rretry: 10\r\ndone',
      }),
    ],
    { usage },
  ),
  answer('reasoning', [said({ content: 'It is 4.', reasoning_content: 'Two and two… 2️⃣' })], {
    usage,
  }),
  answer('tool', [said({ tool_calls: [weather] }, 'tool_calls')], { usage }),
  answer('tools', [said({ tool_calls: [weather, time] }, 'tool_calls')], { usage }),
  answer('text-then-tool', [said({ content: 'Let me look.', tool_calls: [time] }, 'tool_calls')], {
    usage,
  }),
  answer('no-usage', [said({ content: 'Who counts?' })]),
  answer(
    'two-choices',
    [said({ content: 'Heads it is.' }), said({ content: 'Tails, then.' }, 'stop', 1)],
    { usage },
  ),
  answer(
    'logprobs',
    [
      {
        ...said({ content: 'Yes, 是.' }),
        logprobs: { content: [token('Yes,', -0.25), token(' 是.', -1.5)], refusal: null },
      },
    ],
    { usage },
  ),
  answer('empty', [said({ content: '' })], { usage }),
  answer('breaks', [said({ content: 'It begins well and then' })], {}, 'breaks'),
  answer('waits', [said({ content: 'After a while.' })], { usage }, 'waits'),
]

export function answerOf(name: string): Answer {
  const found = answers.find((one) => one.name === name)
  if (!found) throw new Error(`There is no answer "${name}".`)
  return found
}

/** The tool calls of an answer's first choice, in three words each: its id, its name, its arguments. */
export function callsOf({ completion }: Answer): unknown[] {
  const calls = completion.choices[0]?.message.tool_calls ?? []
  return calls.flatMap((call) =>
    call.type === 'function'
      ? [[call.id, call.function.name, JSON.parse(call.function.arguments)]]
      : [],
  )
}

/** How many chunks an answer that breaks has given before: the role and two words. */
const BREAKS_AFTER = 3

/** The chunks in which an answer is sent. */
export function chunksOf({ completion, how }: Answer): ChatCompletionChunk[] {
  const chunks = [...split(completion)]
  return how === 'breaks' ? chunks.slice(0, BREAKS_AFTER) : chunks
}
