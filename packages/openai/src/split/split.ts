import { isWire, textOf, type Wire, wireIn } from '../wire.ts'
import { notACompletion } from '../errors.ts'
import { checkOptions, DIALECT, type Kinds, oneOf } from '../options.ts'
import type { Dialect } from '../dialects/types.ts'
import type {
  ChatCompletion,
  ChatCompletionChunk,
  TextCompletion,
  TextCompletionChunk,
} from '../types.ts'
import { type Granularity, GRANULARITY, piecesOf } from './pieces.ts'

/** Options of {@link split}. */
export interface SplitOptions {
  /** How text is cut. Default: `'word'`. */
  readonly granularity?: Granularity | undefined
  /** Where usage goes: a last chunk of its own (the default), or the last that has a choice. */
  readonly usage?: 'own-chunk' | 'last-choice' | undefined
  /** Which deltas have the role. Default: `'first'`. */
  readonly role?: 'first' | 'every' | undefined
  /** The dialect to write, if it is not chat completions. For its events with their names, pass it to `toEvents` instead. */
  readonly dialect?: Dialect | undefined
}

const OPTIONS: Kinds = {
  granularity: GRANULARITY,
  usage: /* @__PURE__ */ oneOf('own-chunk', 'last-choice'),
  role: /* @__PURE__ */ oneOf('first', 'every'),
  dialect: DIALECT,
}

/** Fields that are in each chunk; the other fields beside `choices` are sent once. */
const HEAD = ['id', 'created', 'model', 'service_tier', 'system_fingerprint']
const TEXTS = ['reasoning_content', 'reasoning', 'content', 'refusal']

/** One delta, and what stands beside it. */
interface Step {
  readonly delta: Wire
  readonly beside?: Wire
}

/**
 * The inverse of the accumulator: chunks in which a server might have sent a finished message. Accumulated, they are the
 * message again, with every unknown field. The README lists values that a stream cannot express.
 *
 * @param completion - a message that was not streamed, or was accumulated
 * @param options - the size of the pieces, the places of role and usage, and the dialect
 *
 * @example
 * ```ts
 * import { split } from '@tesserae/openai'
 *
 * const message = { role: 'assistant' as const, content: 'Hello, world!', refusal: null }
 * const chunks = split({
 *   id: 'chatcmpl-1',
 *   object: 'chat.completion',
 *   created: 1700000000,
 *   model: 'tiny-chat',
 *   choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
 * })
 * for (const chunk of chunks) console.log(chunk.choices[0]?.delta.content)
 * // => ''
 * // => Hello,
 * // => world!
 * // => undefined
 * ```
 */
export function split(
  completion: ChatCompletion | TextCompletion,
  options: SplitOptions & { readonly dialect: Dialect },
): Generator<object>
export function split(
  completion: ChatCompletion,
  options?: SplitOptions,
): Generator<ChatCompletionChunk>
export function split(
  completion: TextCompletion,
  options?: SplitOptions,
): Generator<TextCompletionChunk>
export function split(
  completion: ChatCompletion | TextCompletion,
  options: SplitOptions = {},
): Generator<never> {
  checkOptions(options, OPTIONS)
  const { dialect, ...how } = options
  return dialect ? spoken(dialect, completion, how) : chunksOf(completion, how)
}

function* spoken(
  dialect: Dialect,
  completion: ChatCompletion | TextCompletion,
  options: SplitOptions,
): Generator<never> {
  const writer = dialect.write()
  for (const chunk of chunksOf(completion, options))
    for (const { data } of writer.chunk(chunk)) yield JSON.parse(data) as never
  for (const { data } of writer.end()) yield JSON.parse(data) as never
}

function* chunksOf(
  completion: ChatCompletion | TextCompletion,
  options: SplitOptions,
): Generator<never> {
  assertCompletion(completion)
  const { choices, usage, object, ...fields } = completion as unknown as Wire & { choices: Wire[] }
  const isText = object === 'text_completion'
  const head: [string, unknown][] = [
    ['object', isText ? object : 'chat.completion.chunk'],
    ...HEAD.filter((name) => name in fields).map((name): [string, unknown] => [name, fields[name]]),
  ]
  let once = Object.entries(fields).filter(([name]) => !HEAD.includes(name))
  const chunk = (choices: unknown[], usage: [string, unknown][]): never => {
    // `fromEntries` defines properties, so that `__proto__` becomes one like any other.
    const made = Object.fromEntries([...head, ...once, ...usage, ['choices', choices]])
    once = []
    return made as never
  }
  const ownChunk = options.usage !== 'last-choice'
  const none: [string, unknown][] = usage === undefined ? [] : [['usage', null]]

  for (const [number, choice] of choices.entries()) {
    const steps = [...(isText ? textSteps(choice, options) : chatSteps(choice, options))]
    for (const [at, { delta, beside }] of steps.entries()) {
      const isLast = number === choices.length - 1 && at === steps.length - 1
      const given: [string, unknown][] =
        isLast && !ownChunk && usage !== undefined ? [['usage', usage]] : none
      const start = { index: choice['index'], ...(isText ? delta : { delta }) }
      yield chunk([{ ...start, logprobs: null, finish_reason: null, ...beside }], given)
    }
  }
  if (choices.length === 0 || (ownChunk && usage !== undefined))
    yield chunk([], usage === undefined ? [] : [['usage', usage]])
}

function assertCompletion(completion: unknown): void {
  const { object, choices } = wireIn(completion)
  const isWhole = (choice: unknown): boolean =>
    isWire(choice) && (object === 'text_completion' || isWire(choice['message']))
  if (!Array.isArray(choices) || !choices.every(isWhole)) throw notACompletion()
}

function* textSteps(choice: Wire, { granularity = 'word' }: SplitOptions): Generator<Step> {
  const { index: _, text, logprobs, ...rest } = choice
  const pieces = [...piecesOf(String(text), granularity)]
  yield { delta: { text: pieces[0] ?? '' }, beside: { logprobs } }
  for (const piece of pieces.slice(1)) yield { delta: { text: piece } }
  yield { delta: { text: '' }, beside: rest }
}

function* chatSteps(choice: Wire, options: SplitOptions): Generator<Step> {
  const { index: _, message, logprobs, ...rest } = choice
  const said = message as Wire
  const { role } = said
  const every = (delta: Wire): Wire => (options.role === 'every' ? { role, ...delta } : delta)
  const opening: Wire = {
    role,
    ...('content' in said && { content: typeof said['content'] === 'string' ? '' : null }),
    ...('refusal' in said && { refusal: typeof said['refusal'] === 'string' ? '' : null }),
  }
  const tokens = tokensOf(said, logprobs)
  yield {
    delta: opening,
    beside: { logprobs: tokens ? { ...(logprobs as Wire), content: [] } : logprobs },
  }
  for (const delta of deltasOf(said, options)) {
    if (!tokens || !('content' in delta)) yield { delta: every(delta) }
  }
  // Each token comes with its probability, as it does from a server.
  for (const token of tokens ?? []) {
    const beside = { logprobs: { ...(logprobs as Wire), content: [token], refusal: null } }
    yield { delta: every({ content: token['token'] }), beside }
  }
  yield { delta: {}, beside: rest }
}

/** The tokens that the content consists of, if it does. */
function tokensOf(message: Wire, logprobs: unknown): Wire[] | undefined {
  if (!isWire(logprobs) || !Array.isArray(logprobs['content'])) return undefined
  if (logprobs['content'].length === 0 || Object.keys(logprobs).length !== 2) return undefined
  const tokens = logprobs['content'] as Wire[]
  const text = tokens.map((token) => (isWire(token) ? token['token'] : '')).join('')
  return text === message['content'] && logprobs['refusal'] === null ? tokens : undefined
}

/** What a message says, after the delta with its role. */
function* deltasOf(message: Wire, { granularity = 'word' }: SplitOptions): Generator<Wire> {
  const { role: _, tool_calls: calls, reasoning_details: details, ...rest } = message
  const { audio, function_call: functionCall, ...fields } = rest
  // Reasoning comes before the text that it leads to.
  if (Array.isArray(details))
    for (const detail of details)
      for (const block of blocksOf(detail as Wire, granularity))
        yield { reasoning_details: [block] }
  for (const name of TEXTS) {
    const text = fields[name]
    if (typeof text === 'string') {
      if (text === '' && !['content', 'refusal'].includes(name)) yield { [name]: '' }
      for (const piece of piecesOf(text, granularity)) yield { [name]: piece }
    } else if (Array.isArray(text)) for (const part of text) yield { [name]: [part] }
  }
  const others = Object.entries(fields).filter(([name, value]) => !isText(name, value))
  if (details !== undefined && (!Array.isArray(details) || details.length === 0))
    others.push(['reasoning_details', details])
  if (isWire(functionCall)) {
    const { arguments: text, ...named } = functionCall
    yield { function_call: { ...named, arguments: '' } }
    for (const piece of piecesOf(textOf(text), granularity))
      yield { function_call: { arguments: piece } }
  } else if (functionCall !== undefined) others.push(['function_call', functionCall])
  if (isWire(audio)) {
    const { data, transcript, expires_at: end, ...named } = audio
    yield { audio: { ...named, transcript: '', data: '' } }
    for (const piece of piecesOf(textOf(transcript), granularity))
      yield { audio: { transcript: piece } }
    yield { audio: { data } }
    yield { audio: { expires_at: end } }
  } else if (audio !== undefined) others.push(['audio', audio])
  if (Array.isArray(calls))
    for (const [index, call] of calls.entries())
      for (const entry of entriesOf(call as Wire, granularity))
        yield { tool_calls: [{ index, ...entry }] }
  if (others.length > 0) yield Object.fromEntries(others)
}

function isText(name: string, value: unknown): boolean {
  if (!TEXTS.includes(name)) return false
  return (
    typeof value === 'string' || Array.isArray(value) || name === 'content' || name === 'refusal'
  )
}

/** A call: first what it is, then its arguments. */
function* entriesOf(call: Wire, granularity: Granularity): Generator<Wire> {
  const kind = isWire(call['custom']) ? 'custom' : 'function'
  const growing = kind === 'custom' ? 'input' : 'arguments'
  const body = call[kind]
  if (!isWire(body)) return yield call
  yield { ...call, [kind]: { ...body, [growing]: '' } }
  for (const piece of piecesOf(textOf(body[growing]), granularity))
    yield { [kind]: { [growing]: piece } }
}

/** A block of reasoning: each piece names the block, and the signature comes last. */
function* blocksOf(detail: Wire, granularity: Granularity): Generator<Wire> {
  const name = typeof detail['text'] === 'string' ? 'text' : 'summary'
  const pieces = [...piecesOf(String(detail[name] ?? ''), granularity)]
  if (pieces.length < 2 || detail['data']) return yield detail
  const { signature, [name]: _, ...named } = detail
  for (const [at, piece] of pieces.entries())
    yield {
      ...named,
      [name]: piece,
      ...(at === pieces.length - 1 && signature !== undefined && { signature }),
    }
}
