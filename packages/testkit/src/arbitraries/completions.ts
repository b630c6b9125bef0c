import fc, { type Arbitrary } from 'fast-check'
import type {
  GeneratedChoice,
  GeneratedCompletion,
  CompletionOptions,
  ChatFeature,
  GeneratedMessage,
  GeneratedToolCall,
  GeneratedUsage,
  Json,
  JsonObject,
  GeneratedReasoningDetail,
  GeneratedTokenLogprob,
} from './chat-types.ts'
import { asJson } from './json.ts'
import { linesOfText, lineOfText } from './text.ts'

/** Everything that {@link anyCompletion} can put into a completion. */
export const CHAT_FEATURES: readonly ChatFeature[] = [
  'choices',
  'refusal',
  'tools',
  'customTools',
  'functionCall',
  'logprobs',
  'audio',
  'annotations',
  'images',
  'usage',
  'serviceTier',
  'fingerprint',
  'reasoning',
  'moderation',
  'extensions',
]

/**
 * Completions as a server sends them when it does not stream: valid, and with everything in them that the chat
 * completions of OpenAI and of compatible servers may have.
 *
 * @param options - which features may occur
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { anyCompletion } from '@tesserae/testkit/arbitraries'
 *
 * fc.assert(
 *   fc.property(anyCompletion({ features: ['tools'] }), (completion) => {
 *     const copy = JSON.parse(JSON.stringify(completion))
 *     return copy.choices[0].message.tool_calls?.length !== 0
 *   }),
 * )
 * ```
 */
export function anyCompletion(options: CompletionOptions = {}): Arbitrary<GeneratedCompletion> {
  const features = new Set(options.features ?? CHAT_FEATURES)
  const choices = fc
    .array(anyChoice(features), { minLength: 1, maxLength: features.has('choices') ? 3 : 1 })
    .map((choices) => choices.map((choice, index) => ({ ...choice, index })))
  return fc
    .tuple(
      fc.record(
        {
          id: fc.stringMatching(/^chatcmpl-[A-Za-z0-9]{4,12}$/),
          object: fc.constant('chat.completion' as const),
          created: fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
          model: fc.constantFrom('gpt-4o-2024-08-06', 'org/model:free', 'm'),
          choices,
          ...(features.has('usage') && { usage: anyUsage(features) }),
          ...(features.has('serviceTier') && {
            service_tier: fc.constantFrom('default', 'flex', 'priority'),
          }),
          ...(features.has('fingerprint') && {
            system_fingerprint: fc.constantFrom('fp_1a2b3c', 'fp_ollama', '', null),
          }),
          ...(features.has('moderation') && { moderation: anyModeration() }),
        },
        { requiredKeys: ['id', 'object', 'created', 'model', 'choices'], noNullPrototype: true },
      ),
      extensions(features, ['provider', 'citations', 'x_trace', 'cost', 'seed']),
    )
    .map(
      ([completion, extensions]) =>
        asJson({ ...extensions, ...completion }) as unknown as GeneratedCompletion,
    )
}

function anyChoice(features: ReadonlySet<ChatFeature>): Arbitrary<Omit<GeneratedChoice, 'index'>> {
  return fc
    .tuple(
      anyMessage(features),
      features.has('logprobs') ? fc.option(anyLogprobs(features), { freq: 2 }) : fc.constant(null),
      fc.constantFrom('stop', 'length', 'content_filter'),
      fc.constantFrom('stop', 'length'),
      fc.constantFrom(undefined, undefined, 'eos', 'insufficient_system_resource'),
      extensions(features, ['native_finish_reason', 'stop_reason', 'matched_stop', 'token_ids']),
    )
    .map(([message, logprobs, reason, reasonOfCalls, unknownReason, extensions]) => {
      // Mostly the reason that the documentation gives, sometimes another one, as servers do.
      let finish_reason: string = reason
      if (message.tool_calls)
        finish_reason = reasonOfCalls === 'stop' ? 'tool_calls' : reasonOfCalls
      if (message.function_call) finish_reason = 'function_call'
      if (features.has('extensions') && unknownReason) finish_reason = unknownReason
      return { ...extensions, message, logprobs, finish_reason }
    })
}

function anyMessage(features: ReadonlySet<ChatFeature>): Arbitrary<GeneratedMessage> {
  const content = fc.option(longerText(), { freq: 6 })
  const has = <T>(feature: ChatFeature, arbitrary: Arbitrary<T>): Arbitrary<T | undefined> =>
    features.has(feature)
      ? fc.option(arbitrary, { nil: undefined, freq: 2 })
      : fc.constant(undefined)
  return fc
    .tuple(
      fc.record({
        content,
        refusal: has('refusal', longerText()).map((text) => text ?? null),
        annotations: has('annotations', fc.array(anyAnnotation(), { minLength: 1, maxLength: 3 })),
        images: has('images', fc.array(anyImage(), { minLength: 1, maxLength: 2 })),
        audio: has('audio', anyAudio()),
        function_call: has(
          'functionCall',
          fc.record({ name: anyName(), arguments: anyArguments() }, { noNullPrototype: true }),
        ),
        reasoning_content: has('reasoning', longerText()),
        reasoning: has('reasoning', longerText()),
        reasoning_details: has('reasoning', anyReasoningDetails()),
        tool_calls: anyToolCalls(features),
      }),
      extensions(features, ['citation_id', 'provider_metadata', 'executed_tools', 'graph_data']),
    )
    .map(([fields, extensions]) => {
      const message: GeneratedMessage = {
        ...extensions,
        role: 'assistant',
        content: fields.content,
        refusal: fields.refusal,
      }
      for (const [name, value] of Object.entries(fields))
        if (value !== undefined) message[name] = value
      // One or the other: a message with both has never been seen.
      if (message.tool_calls) delete message.function_call
      return message
    })
}

function anyToolCalls(
  features: ReadonlySet<ChatFeature>,
): Arbitrary<GeneratedToolCall[] | undefined> {
  const kinds: Arbitrary<GeneratedToolCall>[] = []
  const extra = extensions(features, ['extra_content', 'thought_signature'])
  if (features.has('tools')) {
    kinds.push(
      fc.tuple(anyName(), anyArguments(), extra).map(([name, args, extra]) => ({
        ...extra,
        id: '',
        type: 'function',
        function: { name, arguments: args },
      })),
    )
  }
  if (features.has('customTools')) {
    kinds.push(
      fc.tuple(anyName(), longerText(), extra).map(([name, input, extra]) => ({
        ...extra,
        id: '',
        type: 'custom',
        custom: { name, input },
      })),
    )
  }
  if (kinds.length === 0) return fc.constant(undefined)
  const ids = fc.constantFrom('call_', 'chatcmpl-tool-', 'toolu_')
  const calls = fc
    .tuple(fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 4 }), ids, fc.nat({ max: 999 }))
    // Ids differ from call to call, as they do within a message.
    .map(([calls, prefix, number]) =>
      calls.map((call, index) => ({ ...call, id: `${prefix}${number}${'abcd'[index]}` })),
    )
  return fc.option(calls, { nil: undefined, freq: 2 })
}

function anyName(): Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('get_weather', 'search', 'aa', 'f', '__proto__', 'toString'),
    fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/),
  )
}

/** Mostly the JSON of an object; sometimes broken off, as `length` leaves it; sometimes what no model should write. */
function anyArguments(): Arbitrary<string> {
  const object = fc.dictionary(
    fc.oneof(fc.constantFrom('city', 'q', '__proto__'), lineOfText()),
    fc.jsonValue({ maxDepth: 1 }),
    { maxKeys: 3 },
  )
  const json = object.map((value) => JSON.stringify(value))
  return fc.oneof(
    { weight: 6, arbitrary: json },
    { weight: 1, arbitrary: object.map((value) => JSON.stringify(value, null, 2)) },
    {
      weight: 1,
      arbitrary: fc.tuple(json, fc.nat({ max: 20 })).map(([text, length]) => text.slice(0, length)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{}',
        'null',
        '12',
        '{"a":1}{"b":2}',
        '{"a":"\\u00e9"}',
        '{ "n": 1.0 }',
      ),
    },
  )
}

function anyLogprobs(
  features: ReadonlySet<ChatFeature>,
): Arbitrary<NonNullable<GeneratedChoice['logprobs']>> {
  const tokens = fc.array(anyTokenLogprob(), { maxLength: 6 })
  const content = fc.record(
    { content: tokens, refusal: fc.constant(null) },
    { noNullPrototype: true },
  )
  if (!features.has('refusal')) return content
  return fc.oneof(
    content,
    fc.record({ content: fc.constant(null), refusal: tokens }, { noNullPrototype: true }),
    fc.record({ content: tokens, refusal: tokens }, { noNullPrototype: true }),
  )
}

function anyTokenLogprob(): Arbitrary<GeneratedTokenLogprob> {
  const token = fc
    .tuple(lineOfText(), fc.nat({ max: 99_999 }), fc.boolean())
    .map(([token, number, withBytes]) => ({
      token,
      logprob: -number / 1e4,
      bytes: withBytes ? [...new TextEncoder().encode(token)] : null,
    }))
  return fc
    .tuple(token, fc.array(token, { maxLength: 2 }))
    .map(([token, top_logprobs]) => ({ ...token, top_logprobs }))
}

function anyAudio(): Arbitrary<NonNullable<GeneratedMessage['audio']>> {
  return fc.record(
    {
      id: fc.constant('audio_1'),
      data: fc.uint8Array({ maxLength: 30 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
      transcript: longerText(),
      expires_at: fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
    },
    { noNullPrototype: true },
  )
}

function anyAnnotation(): Arbitrary<JsonObject> {
  return fc
    .tuple(fc.nat({ max: 500 }), fc.nat({ max: 50 }), lineOfText())
    .map(([start_index, length, title]) => ({
      type: 'url_citation',
      url_citation: {
        start_index,
        end_index: start_index + length,
        title,
        url: `https://example.com/${start_index}`,
      },
    }))
}

function anyImage(): Arbitrary<JsonObject> {
  return fc.uint8Array({ maxLength: 12 }).map((bytes) => ({
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}` },
  }))
}

function anyReasoningDetails(): Arbitrary<GeneratedReasoningDetail[]> {
  const common = { format: fc.constantFrom('openai-responses-v1', 'unknown') }
  const signature = fc.constantFrom('c2ln', 'EqQBCg==')
  const detail = fc.oneof(
    fc.record(
      { type: fc.constant('reasoning.text' as const), text: longerText(), signature, ...common },
      { requiredKeys: ['type', 'text', 'format'], noNullPrototype: true },
    ),
    fc.record(
      { type: fc.constant('reasoning.summary' as const), summary: longerText(), ...common },
      { noNullPrototype: true },
    ),
    fc.record(
      { type: fc.constant('reasoning.encrypted' as const), data: signature, ...common },
      { noNullPrototype: true },
    ),
  )
  return fc
    .tuple(fc.array(detail, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([details, withIds]) =>
      // Each block has an index of its own, as in the documentation.
      details.map((detail, index) => ({ ...detail, index, ...(withIds && { id: `rs_${index}` }) })),
    )
}

function anyUsage(features: ReadonlySet<ChatFeature>): Arbitrary<GeneratedUsage> {
  const tokens = fc.nat({ max: 5000 })
  const detail = (names: string[]): Arbitrary<{ [name: string]: number }> =>
    fc
      .tuple(
        fc.subarray(names),
        fc.array(tokens, { minLength: names.length, maxLength: names.length }),
      )
      .map(([some, numbers]) =>
        Object.fromEntries(some.map((name, at) => [name, numbers[at] ?? 0])),
      )
  const details = fc.record(
    {
      prompt_tokens_details: detail([
        'cached_tokens',
        'audio_tokens',
        'cache_write_tokens',
        'image_tokens',
        'text_tokens',
      ]),
      completion_tokens_details: detail([
        'reasoning_tokens',
        'audio_tokens',
        'accepted_prediction_tokens',
        'rejected_prediction_tokens',
      ]),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  return fc
    .tuple(
      tokens,
      tokens,
      details,
      extensions(features, ['cost', 'prompt_cache_hit_tokens', 'cost_details']),
    )
    .map(([prompt_tokens, completion_tokens, details, extensions]) => ({
      ...extensions,
      prompt_tokens,
      completion_tokens,
      total_tokens: prompt_tokens + completion_tokens,
      ...details,
    }))
}

function anyModeration(): Arbitrary<JsonObject> {
  return fc.boolean().map((flagged) => ({
    input: {
      type: 'moderation_results',
      model: 'omni-moderation-latest',
      results: [
        {
          type: 'moderation_result',
          model: 'omni-moderation-latest',
          flagged,
          categories: { violence: flagged },
        },
      ],
    },
    output: { type: 'error', code: 'server_error', message: 'The moderation failed.' },
  }))
}

/** Text of a length that can be cut several times. */
function longerText(): Arbitrary<string> {
  return fc.oneof(
    linesOfText(),
    fc.array(linesOfText(), { maxLength: 6 }).map((pieces) => pieces.join(' ')),
    fc.constant(''),
  )
}

/** Unknown fields, one or two at a time: of usual names, and of names that are not safe everywhere. */
function extensions(
  features: ReadonlySet<ChatFeature>,
  names: readonly string[],
): Arbitrary<JsonObject> {
  if (!features.has('extensions')) return fc.constant({})
  // Null is not a value to keep: in a stream it could not be told from a field that has not come yet.
  const value = fc.jsonValue({ maxDepth: 2 }).map((value) => (value ?? false) as Json)
  const entry = fc.tuple(
    fc.constantFrom(...names, '__proto__', 'constructor', 'hasOwnProperty'),
    value,
  )
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    // `fromEntries` defines properties, so that `__proto__` becomes one like any other.
    {
      weight: 1,
      arbitrary: fc
        .array(entry, { minLength: 1, maxLength: 2 })
        .map((entries) => Object.fromEntries(entries)),
    },
  )
}
