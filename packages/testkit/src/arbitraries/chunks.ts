import fc, { type Arbitrary } from 'fast-check'
import type {
  GeneratedChoice,
  GeneratedCompletion,
  GeneratedMessage,
  ChatQuirk,
  GeneratedToolCall,
  ChunkStream,
  ChunkStreamOptions,
  Json,
  JsonObject,
} from './chat-types.ts'
import { anyCompletion } from './completions.ts'
import { Dice } from './dice.ts'
import { copy, define } from './json.ts'
import { CHAT_QUIRKS, compatible, QUIRKS } from './quirks.ts'

/**
 * Streamed completions: chunks in every way in which a completion may be cut, and the completion that they mean. Text is
 * cut anywhere, or nowhere; what belongs together comes together or apart; choices and tool calls take turns; roles,
 * finishing, usage and unknown fields are where servers put them. By default the chunks are as the official API
 * sends them; quirks of other servers are added by name.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { chunkStream } from '@tesserae/testkit/arbitraries'
 *
 * // Put your own accumulator in the place of this one, which knows plain text only.
 * fc.assert(
 *   fc.property(chunkStream({ features: [] }), ({ chunks, completion }) => {
 *     let text = ''
 *     for (const chunk of chunks as any[]) text += chunk.choices[0]?.delta.content ?? ''
 *     return text === (completion.choices[0]?.message.content ?? '')
 *   }),
 * )
 * ```
 *
 * @example Streams of servers that cannot count their tool calls.
 * ```ts
 * import fc from 'fast-check'
 * import { chunkStream } from '@tesserae/testkit/arbitraries'
 *
 * const streams = chunkStream({ features: ['tools'], quirks: ['tool-call-index-missing', 'tool-call-index-zero'] })
 * for (const { quirks, chunks } of fc.sample(streams, 3)) console.log(quirks.join(), chunks.length)
 * ```
 */
export function chunkStream(options: ChunkStreamOptions = {}): Arbitrary<ChunkStream> {
  const allowed = options.quirks === 'all' ? CHAT_QUIRKS : (options.quirks ?? [])
  return fc
    .tuple(
      anyCompletion(options),
      fc.subarray([...allowed], { maxLength: Math.min(allowed.length, 5) }),
      fc.array(fc.nat({ max: 9999 }), { maxLength: 150, size: 'max' }),
    )
    .map(([completion, quirks, rolls]) => stream(completion, compatible(quirks), new Dice(rolls)))
}

/** One delta of one choice, with what goes beside it. */
interface Step {
  readonly delta: JsonObject
  readonly beside: JsonObject
}

function stream(
  original: GeneratedCompletion,
  quirks: readonly ChatQuirk[],
  dice: Dice,
): ChunkStream {
  const completion = copy(original)
  for (const quirk of quirks) QUIRKS[quirk].prepare?.(completion)

  let chunks = interleave(completion, quirks, dice)
  for (const quirk of quirks)
    chunks = QUIRKS[quirk].rewrite?.(chunks, { completion, dice }) ?? chunks
  return {
    chunks: copy(chunks),
    completion: copy(completion),
    quirks: quirks.filter((quirk) => QUIRKS[quirk].applies?.(completion) ?? true),
  }
}

/** All chunks: choices taking turns, then usage. */
function interleave(
  completion: GeneratedCompletion,
  quirks: readonly ChatQuirk[],
  dice: Dice,
): JsonObject[] {
  const { choices, usage, moderation, object: _, ...top } = completion
  const { id, created, model, service_tier, system_fingerprint, ...extensions } = top
  const envelope = {
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    ...(service_tier !== undefined && { service_tier }),
    ...(system_fingerprint !== undefined && { system_fingerprint }),
    ...(usage !== undefined && { usage: null }),
  }
  const chunks: JsonObject[] = []
  const waiting = choices.map((choice) => ({
    index: choice.index,
    steps: steps(choice, quirks, dice),
  }))
  let last: { readonly choices: JsonObject[] } | undefined
  while (waiting.length > 0) {
    const turn = dice.roll(waiting.length)
    const { index, steps } = waiting[turn] as (typeof waiting)[number]
    const { delta, beside } = steps.shift() as Step
    if (steps.length === 0) waiting.splice(turn, 1)
    const choice: JsonObject = { index, delta, ...beside }
    // Several choices may share a chunk; no choice is twice in one.
    if (last && !last.choices.some((other) => other['index'] === index) && dice.once(3)) {
      last.choices.push(choice)
    } else {
      last = { choices: [choice] }
      chunks.push({ ...envelope, ...last })
    }
  }

  const closing: JsonObject[] = []
  if (usage !== undefined)
    closing.push({ ...envelope, choices: [], usage: usage as unknown as Json })
  if (moderation !== undefined) {
    closing.push({ ...envelope, choices: [], moderation: moderation as Json })
  }
  chunks.push(...(dice.once(2) ? closing.reverse() : closing))

  // Unknown fields may come in each chunk, in the first or in the last.
  const where = dice.roll(3)
  const carriers = where === 0 ? chunks : [chunks.at(where === 1 ? 0 : -1) as JsonObject]
  for (const chunk of carriers) define(chunk, extensions as JsonObject)
  return chunks
}

/** The deltas of one choice, from the role to the reason of its end. */
function steps(choice: GeneratedChoice, quirks: readonly ChatQuirk[], dice: Dice): Step[] {
  const { index: _, message, logprobs, finish_reason, ...extensions } = choice
  const channels = deltas(message, quirks, dice).filter((channel) => channel.length > 0)
  const found: JsonObject[] = [
    {
      role: message.role,
      content: message.content === null ? null : '',
      refusal: message.refusal === null ? null : '',
    },
  ]

  // Each channel in its order; between channels any order, the natural one by default.
  while (channels.length > 0) {
    const turn = dice.roll(channels.length)
    const channel = channels[turn] as JsonObject[]
    const delta = channel.shift() as JsonObject
    if (channel.length === 0) channels.splice(turn, 1)
    const previous = found.at(-1) as JsonObject
    const fits = Object.keys(delta).every(
      (key) => !Object.hasOwn(previous, key) || previous[key] === '',
    )
    if (fits && dice.once(4)) define(previous, delta)
    else found.push(delta)
  }

  // The reason comes in a delta of its own, or with the last of the message.
  if (found.length === 1 || !dice.once(4)) found.push({})
  const shares = logprobShares(logprobs, found.length, dice)
  const extensionsAt = dice.once(2) ? 0 : found.length - 1
  return found.map((delta, number) => {
    const beside: JsonObject = {
      logprobs: shares[number] as Json,
      finish_reason: number === found.length - 1 ? finish_reason : null,
    }
    if (number === extensionsAt) define(beside, extensions as JsonObject)
    return { delta, beside }
  })
}

/** The message as deltas, by channel: each channel keeps its order. */
function deltas(
  message: GeneratedMessage,
  quirks: readonly ChatQuirk[],
  dice: Dice,
): JsonObject[][] {
  const { role: _role, content, refusal, audio, function_call, tool_calls, ...rest } = message
  const { annotations, images, reasoning, reasoning_content, reasoning_details, ...extensions } =
    rest
  const text = (name: string, value: string | null | undefined): JsonObject[] =>
    typeof value === 'string' ? pieces(value, quirks, dice).map((piece) => ({ [name]: piece })) : []
  const list = (name: string, values: readonly JsonObject[] | undefined): JsonObject[] =>
    values === undefined ? [] : groups(values, dice).map((group) => ({ [name]: group }))

  return [
    // With nothing to say, a field that is there still has to be sent.
    reasoning_content === ''
      ? [{ reasoning_content: '' }]
      : text('reasoning_content', reasoning_content),
    reasoning === '' ? [{ reasoning: '' }] : text('reasoning', reasoning),
    list(
      'reasoning_details',
      reasoning_details?.flatMap((detail) => detailFragments(detail, quirks, dice)),
    ),
    text('content', content),
    text('refusal', refusal),
    list('annotations', annotations),
    list('images', images),
    audio === undefined ? [] : audioFragments(audio, quirks, dice),
    function_call === undefined
      ? []
      : [
          { function_call: { name: function_call.name, arguments: '' } },
          ...pieces(function_call.arguments, quirks, dice).map((piece) => ({
            function_call: { arguments: piece },
          })),
        ],
    tool_calls === undefined ? [] : toolDeltas(tool_calls, quirks, dice),
    Object.keys(extensions).length === 0 ? [] : [extensions as JsonObject],
  ]
}

function toolDeltas(
  calls: readonly GeneratedToolCall[],
  quirks: readonly ChatQuirk[],
  dice: Dice,
): JsonObject[] {
  // Without an index to go by, calls are told apart by their order.
  const isCounted = !quirks.some((quirk) => QUIRKS[quirk].uncountedCalls)
  const takeTurns = isCounted && dice.once(2)
  const waiting = calls.map((call, index) => toolFragments(call, index, quirks, dice))
  const found: { readonly calls: (readonly JsonObject[])[]; readonly entries: JsonObject[] }[] = []
  while (waiting.length > 0) {
    const turn = takeTurns ? dice.roll(waiting.length) : 0
    const call = waiting[turn] as JsonObject[]
    const entry = call.shift() as JsonObject
    if (call.length === 0) waiting.splice(turn, 1)
    // Several calls may share a delta; each has one entry in it.
    const previous = found.at(-1)
    const mayDouble = quirks.includes('tool-call-entries-doubled')
    if (previous && (mayDouble || !previous.calls.includes(call)) && dice.once(mayDouble ? 2 : 3)) {
      previous.calls.push(call)
      previous.entries.push(entry)
    } else {
      found.push({ calls: [call], entries: [entry] })
    }
  }
  return found.map(({ entries }) => ({ tool_calls: entries }))
}

/** The entries of one tool call: the first says what it is, the others go on with it. */
function toolFragments(
  call: GeneratedToolCall,
  index: number,
  quirks: readonly ChatQuirk[],
  dice: Dice,
): JsonObject[] {
  const {
    id,
    type,
    function: fn,
    custom,
    ...extensions
  } = call as GeneratedToolCall & { function?: JsonObject; custom?: JsonObject }
  const body = (fn ?? custom) as JsonObject
  const growing = fn === undefined ? 'input' : 'arguments'
  const whole = quirks.some((quirk) => QUIRKS[quirk].wholeCalls)
  const [first = '', ...more] = whole
    ? [body[growing] as string]
    : pieces(body[growing] as string, quirks, dice)
  // The first piece is empty, or already something.
  const opening = whole || dice.once(2) ? first : ''
  const following = opening === first ? more : [first, ...more]

  const kind = type as string
  let fragments: JsonObject[] = [
    {
      index,
      id,
      type: kind,
      [kind]: { name: body['name'] as string, [growing]: opening },
      ...(extensions as JsonObject),
    },
    ...following.map((piece): JsonObject => ({ index, [kind]: { [growing]: piece } })),
  ]
  for (const quirk of quirks)
    fragments = QUIRKS[quirk].fragments?.(fragments, { kind, growing, dice }) ?? fragments
  return fragments
}

/** A block of reasoning: its text in pieces that each name the block, its signature apart from them at the end. */
function detailFragments(
  detail: JsonObject,
  quirks: readonly ChatQuirk[],
  dice: Dice,
): JsonObject[] {
  const { text, summary, signature, ...common } = detail
  const name = text === undefined ? 'summary' : 'text'
  const growing = text ?? summary
  if (typeof growing !== 'string') return [detail]
  const fragments = pieces(growing, quirks, dice).map((piece): JsonObject => ({
    ...common,
    [name]: piece,
  }))
  if (fragments.length === 0) fragments.push({ ...common, [name]: '' })
  if (signature === undefined) return fragments
  if (dice.once(2)) define(fragments.at(-1) as JsonObject, { signature })
  else fragments.push({ ...common, signature })
  return fragments
}

function audioFragments(
  audio: NonNullable<GeneratedMessage['audio']>,
  quirks: readonly ChatQuirk[],
  dice: Dice,
): JsonObject[] {
  const transcript = pieces(audio.transcript, quirks, dice).map((piece) => ({ transcript: piece }))
  // In fours of characters, so that each piece is base64 by itself.
  const data = cut(audio.data.match(/.{1,4}/g) ?? [], dice).map((fours) => ({
    data: fours.join(''),
  }))
  const between: JsonObject[] = []
  while (transcript.length + data.length > 0) {
    const from = data.length === 0 || (transcript.length > 0 && !dice.once(2)) ? transcript : data
    between.push(from.shift() as JsonObject)
  }
  // What is empty is sent at the beginning, with the id.
  const first = {
    id: audio.id,
    ...(audio.transcript === '' && { transcript: '' }),
    ...(audio.data === '' && { data: '' }),
  }
  return [first, ...between, { expires_at: audio.expires_at }].map((audio) => ({ audio }))
}

/** Which probabilities go beside which delta: all of them, in order. */
function logprobShares(
  logprobs: GeneratedChoice['logprobs'],
  count: number,
  dice: Dice,
): (JsonObject | null)[] {
  if (logprobs === null) return Array.from({ length: count }, () => null)
  const empty = (): JsonObject => ({
    content: logprobs.content && [],
    refusal: logprobs.refusal && [],
  })
  const shares: (JsonObject | null)[] = Array.from({ length: count }, (_, number) =>
    number === 0 || !dice.once(4) ? empty() : null,
  )
  for (const name of ['content', 'refusal'] as const) {
    let at = 0
    for (const token of logprobs[name] ?? []) {
      at = Math.min(count - 1, at + dice.roll(3))
      const share = (shares[at] ??= empty())
      ;(share[name] as Json[]).push(token as unknown as Json)
    }
  }
  return shares
}

/** Text in pieces. Of no text, no pieces. */
function pieces(text: string, quirks: readonly ChatQuirk[], dice: Dice): string[] {
  const units = quirks.includes('split-surrogates') ? text.split('') : [...text]
  return cut(units, dice).map((units) => units.join(''))
}

/** A list in lists: whole, in two or a few, or each unit by itself. */
function cut<T>(units: readonly T[], dice: Dice): T[][] {
  if (units.length === 0) return []
  const positions = new Set<number>()
  const way = dice.roll(4)
  if (way === 3) for (let at = 1; at < units.length; at++) positions.add(at)
  else for (let number = 2 * way; number > 0; number--) positions.add(dice.roll(units.length))
  positions.delete(0)
  let start = 0
  const ends = [...positions].sort((a, b) => a - b)
  return [...ends, units.length].map((end) => units.slice(start, (start = end)))
}

/** A list in lists: one for each item, or several together. */
function groups<T>(items: readonly T[], dice: Dice): T[][] {
  const found: T[][] = []
  for (const item of items) {
    const previous = found.at(-1)
    if (previous && dice.once(3)) previous.push(item)
    else found.push([item])
  }
  return found
}
