import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CHAT_FEATURES,
  CHAT_QUIRKS,
  anyCompletion,
  chunkStream,
  type ChatFeature,
  type ChatQuirk,
} from '@tesserae/testkit/arbitraries'
import { accumulate } from './support/chat-reference.ts'

const times = (factor: number) => ({
  numRuns: Math.ceil(factor * (fc.readConfigureGlobal().numRuns ?? 100)),
})

/** As text: of `__proto__` and of the order of keys, matchers think in their own way. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )

/**
 * Samples of fixed seed, each made when it is first asked for. `some` are for what holds of all: of a hundred runs of a
 * property as many as there may be, and of fewer runs fewer. `has` looks for what is rare in all of them if it must, so
 * that it cannot be missing by chance.
 */
function sampled<T>(arbitrary: fc.Arbitrary<T>, most = 150) {
  const runs = fc.readConfigureGlobal().numRuns ?? 100
  const make = (numRuns: number) => once(() => fc.sample(arbitrary, { numRuns, seed: 1 }))
  const some = make(Math.min(most, Math.ceil((most * runs) / 100)))
  const all = make(most)
  return { some, has: (holds: (value: T) => unknown) => some().some(holds) || all().some(holds) }
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** Chunks as the quirks leave them: anything may be anything. */
// oxlint-disable-next-line no-explicit-any
type Loose = any

describe('anyCompletion', () => {
  const evidence: Record<ChatFeature, RegExp> = {
    choices: /"index":1,"?/,
    refusal: /"refusal":"/,
    tools: /"type":"function"/,
    customTools: /"type":"custom"/,
    functionCall: /"function_call":\{/,
    logprobs: /"logprob":-/,
    audio: /"audio":\{/,
    annotations: /"annotations":\[\{/,
    images: /"images":\[\{/,
    usage: /"usage":\{/,
    serviceTier: /"service_tier":"/,
    fingerprint: /"system_fingerprint":/,
    reasoning: /"reasoning_details":\[\{.*"reasoning":"|"reasoning":".*"reasoning_details":\[\{/,
    moderation: /"moderation":\{/,
    extensions: /"(provider|citations|x_trace|native_finish_reason|executed_tools|extra_content)":/,
  }

  test.each(CHAT_FEATURES)('has %s if it may, and only then', (feature) => {
    const isThere = (completion: object) => evidence[feature].test(canonical(completion))
    expect(sampled(anyCompletion({ features: [feature, 'choices'] })).has(isThere)).toBe(true)
    const others = CHAT_FEATURES.filter((other) => other !== feature)
    const without = sampled(anyCompletion({ features: others })).some()
    if (feature !== 'choices') expect(without.some(isThere)).toBe(false)
    else expect(without.every(({ choices }) => choices.length === 1)).toBe(true)
  })

  test('is plain text without features', () => {
    for (const completion of sampled(anyCompletion({ features: [] })).some()) {
      expect(Object.keys(completion).sort()).toEqual([
        'choices',
        'created',
        'id',
        'model',
        'object',
      ])
      const [choice] = completion.choices
      expect(Object.keys(choice ?? {}).sort()).toEqual([
        'finish_reason',
        'index',
        'logprobs',
        'message',
      ])
      expect(Object.keys(choice?.message ?? {}).sort()).toEqual(['content', 'refusal', 'role'])
    }
  })

  const completions = sampled(anyCompletion(), 1000)
  type Completion = ReturnType<typeof completions.some>[number]
  type Message = Completion['choices'][number]['message']
  type Call = NonNullable<Message['tool_calls']>[number]
  const callsOf = ({ tool_calls }: Message): readonly Call[] => tool_calls ?? []
  const message = (holds: (message: Message) => unknown) => () =>
    completions.has(({ choices }) => choices.some((choice) => holds(choice.message)))
  const call = (holds: (call: Call) => unknown) => message((each) => callsOf(each).some(holds))
  const args = (holds: (text: string) => boolean) =>
    call((each) => each.type === 'function' && holds(each.function.arguments))
  const completion = (holds: (completion: Completion) => unknown) => () => completions.has(holds)

  test.each<[string, () => boolean]>([
    ['content that is null', message(({ content }) => content === null)],
    ['content that is empty', message(({ content }) => content === '')],
    ['content of several lines', message(({ content }) => content?.includes('\n'))],
    [
      'content beyond U+FFFF',
      message(({ content }) => /[\u{10000}-\u{10ffff}]/u.test(content ?? '')),
    ],
    ['a refusal beside content', message(({ content, refusal }) => content && refusal)],
    ['content beside tool calls', message(({ content, tool_calls }) => content && tool_calls)],
    ['several tool calls', message(({ tool_calls }) => (tool_calls?.length ?? 0) > 2)],
    [
      'tool calls of both kinds',
      message(({ tool_calls }) => new Set(tool_calls?.map(({ type }) => type)).size === 2),
    ],
    ['arguments that are an object', args((text) => text.startsWith('{"'))],
    ['arguments that are broken off', args((text) => text.startsWith('{') && !text.endsWith('}'))],
    ['no arguments', args((text) => text === '')],
    [
      'logprobs of nothing',
      completion(({ choices }) => choices[0]?.logprobs?.content?.length === 0),
    ],
    ['logprobs of a refusal', completion(({ choices }) => choices[0]?.logprobs?.refusal?.length)],
    ['a fingerprint of null', completion(({ system_fingerprint }) => system_fingerprint === null)],
    [
      'signed reasoning',
      message(({ reasoning_details }) =>
        reasoning_details?.some((detail) => 'signature' in detail),
      ),
    ],
    ['an unknown reason', completion(({ choices }) => choices[0]?.finish_reason === 'eos')],
    [
      'a field called __proto__',
      completion((completion) => Object.hasOwn(completion, '__proto__')),
    ],
    ['one in a message', message((message) => Object.hasOwn(message, '__proto__'))],
    ['one in a tool call', call((call) => Object.hasOwn(call, '__proto__'))],
  ])('has %s', (_what, isFound) => {
    expect(isFound()).toBe(true)
  })

  test('is JSON and nothing else', () => {
    const isJson = (value: Loose): boolean =>
      value === null ||
      typeof value === 'string' ||
      typeof value === 'boolean' ||
      (Number.isFinite(value) && !Object.is(value, -0)) ||
      (typeof value === 'object' && Object.keys(value).every((key) => isJson(value[key])))
    expect(completions.some().every(isJson)).toBe(true)
  })

  test('has no extension that is null, which a stream could not tell from none', () => {
    expect(completions.has(({ provider }) => provider !== undefined)).toBe(true)
    expect(completions.some().every(({ provider }) => provider !== null)).toBe(true)
  })

  test('keeps indexes in order and ids apart', () => {
    for (const { choices } of completions.some()) {
      expect(choices.map(({ index }) => index)).toEqual(choices.map((_choice, index) => index))
      for (const { message } of choices) {
        const ids = message.tool_calls?.map(({ id }) => id) ?? []
        expect(new Set(ids).size).toBe(ids.length)
      }
    }
  })
})

describe('chunkStream', () => {
  test('means what it says it means', () => {
    fc.assert(
      fc.property(chunkStream(), ({ chunks, completion, quirks }) => {
        expect(canonical(accumulate(chunks))).toBe(canonical(completion))
        expect(quirks).toEqual([])
      }),
      times(5),
    )
  })

  test('means it with all quirks at once', () => {
    fc.assert(
      fc.property(chunkStream({ quirks: 'all' }), ({ chunks, completion }) => {
        expect(canonical(accumulate(chunks))).toBe(canonical(completion))
      }),
      times(10),
    )
  })

  test.each(CHAT_QUIRKS)('means it with %s', (quirk) => {
    fc.assert(
      fc.property(chunkStream({ quirks: [quirk] }), ({ chunks, completion, quirks }) => {
        expect(canonical(accumulate(chunks))).toBe(canonical(completion))
        expect([[], [quirk]]).toContainEqual(quirks)
      }),
      times(0.5),
    )
  })

  test('without quirks sends what the documentation of the API says', () => {
    fc.assert(
      fc.property(chunkStream(), ({ chunks, completion }) => {
        const ended = new Set<number>()
        const begun = new Set<number>()
        for (const chunk of chunks as Loose[]) {
          expect(chunk).toMatchObject({
            id: completion.id,
            object: 'chat.completion.chunk',
            created: completion.created,
            model: completion.model,
          })
          expect(chunk.service_tier).toBe(completion.service_tier)
          expect(chunk.system_fingerprint).toBe(completion.system_fingerprint)
          for (const { index, delta, finish_reason } of chunk.choices) {
            expect(ended.has(index)).toBe(false)
            expect('role' in delta).toBe(!begun.has(index))
            begun.add(index)
            if (finish_reason !== null) ended.add(index)
            for (const { index: number, ...entry } of delta.tool_calls ?? []) {
              const call = completion.choices[index]?.message.tool_calls?.[number]
              if ('id' in entry) expect(entry).toMatchObject({ id: call?.id, type: call?.type })
              else expect(Object.keys(entry)).toEqual([call?.type])
            }
          }
          expect(new Set(chunk.choices.map(({ index }: Loose) => index)).size).toBe(
            chunk.choices.length,
          )
        }
        expect(ended.size).toBe(completion.choices.length)
        const withUsage = chunks.filter(({ usage }) => usage)
        expect(withUsage.map(({ choices }) => choices)).toEqual(completion.usage ? [[]] : [])
        for (const chunk of chunks) expect('usage' in chunk).toBe('usage' in completion)
      }),
      times(3),
    )
  })

  const streams = sampled(chunkStream(), 700)
  const choicesOf = (chunks: Loose[]): Loose[] => chunks.flatMap((chunk: Loose) => chunk.choices)
  const some = (holds: (stream: { chunks: Loose[]; completion: Loose }) => unknown) => () =>
    streams.has(holds)
  const pieces = (holds: (pieces: Loose[]) => unknown) =>
    some(({ chunks }) =>
      holds(
        choicesOf(chunks).flatMap(({ index, delta }) =>
          index === 0 && delta.content ? [delta.content] : [],
        ),
      ),
    )
  const entries = (holds: (lists: Loose[]) => unknown) =>
    some(({ chunks }) =>
      holds(
        choicesOf(chunks).flatMap(({ index, delta }) =>
          index === 0 && delta.tool_calls ? [delta.tool_calls] : [],
        ),
      ),
    )

  test.each<[string, () => boolean]>([
    ['text in one piece', pieces((pieces) => pieces.length === 1 && pieces[0].length > 20)],
    [
      'text in a few pieces',
      pieces((pieces) => pieces.length === 3 && pieces.join('').length > 20),
    ],
    [
      'text by characters',
      pieces((pieces) => pieces.length > 20 && pieces.every((piece) => [...piece].length === 1)),
    ],
    [
      'text with the role',
      some(({ chunks }) => choicesOf(chunks).some(({ delta }) => delta.role && delta.content)),
    ],
    [
      'a reason with the last text',
      some(({ chunks }) =>
        choicesOf(chunks).some(({ delta, finish_reason }) => delta.content && finish_reason),
      ),
    ],
    [
      'a reason by itself',
      some(({ chunks }) =>
        choicesOf(chunks).some(
          ({ delta, finish_reason }) => Object.keys(delta).length === 0 && finish_reason,
        ),
      ),
    ],
    [
      'several fields in a delta',
      some(({ chunks }) =>
        choicesOf(chunks).some(({ delta }) => !delta.role && Object.keys(delta).length > 1),
      ),
    ],
    [
      'choices in one chunk',
      some(({ chunks }) => chunks.some(({ choices }) => choices.length > 1)),
    ],
    [
      'choices in turns',
      some(({ chunks }) =>
        /0+1+0/.test(
          choicesOf(chunks)
            .map(({ index }) => index)
            .join(''),
        ),
      ),
    ],
    [
      'choices one after the other',
      some(({ chunks }) =>
        /^0+1+$/.test(
          choicesOf(chunks)
            .map(({ index }) => index)
            .join(''),
        ),
      ),
    ],
    ['tool calls in one delta', entries((lists) => lists.some((list) => list.length > 1))],
    [
      'tool calls in turns',
      entries((lists) =>
        /0+1+0/.test(
          lists
            .flat()
            .map(({ index }: Loose) => index)
            .join(''),
        ),
      ),
    ],
    [
      'a tool call in many deltas',
      entries((lists) => lists.flat().filter(({ index }: Loose) => index === 0).length > 5),
    ],
    [
      'content after a tool call',
      some(({ chunks }) => {
        const found = choicesOf(chunks).filter(({ index }) => index === 0)
        return (
          found.findIndex(({ delta }) => delta.tool_calls) <
            found.findLastIndex(({ delta }) => delta.content) &&
          found.some(({ delta }) => delta.tool_calls)
        )
      }),
    ],
    [
      'usage before moderation',
      some(({ chunks }) => chunks.at(-1).moderation && chunks.at(-2).usage),
    ],
    [
      'moderation before usage',
      some(({ chunks }) => chunks.at(-1).usage && chunks.at(-2).moderation),
    ],
    [
      'extensions in every chunk',
      some(
        ({ chunks }) => chunks.length > 2 && chunks.every(({ provider }) => provider !== undefined),
      ),
    ],
    [
      'extensions in the first chunk',
      some(
        ({ chunks }) => chunks[0].provider !== undefined && chunks.at(-1).provider === undefined,
      ),
    ],
    [
      'extensions in the last chunk',
      some(
        ({ chunks }) => chunks[0].provider === undefined && chunks.at(-1).provider !== undefined,
      ),
    ],
    [
      'logprobs with and without',
      some(
        ({ chunks }) =>
          choicesOf(chunks).some(({ logprobs }) => logprobs?.content?.length) &&
          choicesOf(chunks).some(({ logprobs }) => logprobs === null),
      ),
    ],
  ])('sends %s', (_what, isFound) => {
    expect(isFound()).toBe(true)
  })

  test('keeps characters whole', () => {
    for (const { chunks } of streams.some()) {
      for (const { delta } of choicesOf(chunks))
        expect((delta.content ?? '').isWellFormed()).toBe(true)
    }
  })

  /** The entries of tool calls in the first choice. */
  const calls = (chunks: Loose[]): Loose[] =>
    choicesOf(chunks).flatMap(({ index, delta }) => (index === 0 && delta?.tool_calls) || [])
  const withId = (chunks: Loose[]) => calls(chunks).filter((entry) => 'id' in entry)
  const bodies = (chunks: Loose[]) =>
    calls(chunks).map((entry) => entry.function ?? entry.custom ?? {})
  const evidence: Record<ChatQuirk, (chunks: Loose[]) => unknown> = {
    'role-in-every-chunk': (chunks) =>
      choicesOf(chunks).every(({ delta }) => delta.role === 'assistant') &&
      choicesOf(chunks).length > 1,
    'role-missing': (chunks) => choicesOf(chunks).every(({ delta }) => !('role' in delta)),
    'role-empty': (chunks) => chunks[0].choices[0].delta.role === '',
    'nulls-in-deltas': (chunks) =>
      choicesOf(chunks).some(({ delta }) => delta.role === null && delta.content === null),
    'tool-calls-null': (chunks) =>
      choicesOf(chunks).some(
        ({ delta }) => delta.tool_calls === null || delta.tool_calls?.length === 0,
      ),
    'finish-reason-missing': (chunks) =>
      choicesOf(chunks).some((choice) => !('finish_reason' in choice)),
    'finish-reason-empty': (chunks) =>
      choicesOf(chunks).some(({ finish_reason }) => finish_reason === ''),
    'finish-reason-repeated': (chunks) =>
      choicesOf(chunks).filter(({ finish_reason, index }) => finish_reason && index === 0)
        .length === 2,
    'content-after-finish': (chunks) => choicesOf(chunks).at(-1).finish_reason === null,
    'delta-missing': (chunks) => choicesOf(chunks).some(({ delta }) => !delta),
    'choice-index-missing': (chunks) => choicesOf(chunks).every(({ index }) => index === undefined),
    'usage-in-last-chunk': (chunks) =>
      chunks.some(({ usage, choices }) => usage && choices.length > 0),
    'usage-in-every-chunk': (chunks) => chunks.filter(({ usage }) => usage).length > 1,
    'usage-in-x-groq': (chunks) => chunks.some(({ x_groq, usage }) => x_groq?.usage && !usage),
    'usage-in-choice': (chunks) => choicesOf(chunks).some(({ usage }) => usage),
    'empty-first-chunk': (chunks) =>
      chunks[0].id === '' && chunks[0].created === 0 && chunks[0].choices.length === 0,
    'filter-chunk': (chunks) =>
      chunks.some(
        ({ id, choices }) => id === '' && choices.length === 1 && !('delta' in choices[0]),
      ),
    'choices-missing': (chunks) => chunks.some(({ choices }) => !choices),
    'model-changes': (chunks) => chunks[0].model !== chunks[1].model,
    'id-varies': (chunks) => new Set(chunks.map(({ id }) => id)).size === chunks.length,
    'id-empty': (chunks) => chunks.every(({ id }) => id === ''),
    'created-varies': (chunks) => chunks[0].created < chunks[1].created,
    'object-done': (chunks) => chunks.at(-1).object === 'chat.completion.done',
    'message-beside-delta': (chunks) =>
      choicesOf(chunks).every(({ message }) => message?.role === 'assistant'),
    'channel-in-every-delta': (chunks) =>
      choicesOf(chunks).every(({ delta }) => delta.channel === 'analysis'),
    padding: (chunks) =>
      chunks.every(({ obfuscation, p, nonce }) => (obfuscation ?? p ?? nonce) !== undefined),
    'empty-deltas': (chunks) =>
      choicesOf(chunks).some(({ delta }) => delta.content === '' && !('role' in delta)),
    'split-surrogates': (chunks) =>
      choicesOf(chunks).some(({ delta }) => /^[\udc00-\udfff]/.test(delta.content)),
    'reasoning-details-index-zero': (chunks) =>
      new Set(
        choicesOf(chunks)
          .flatMap(({ index, delta }) => (index === 0 && delta.reasoning_details) || [])
          .map(({ type }) => type),
      ).size > 1 &&
      choicesOf(chunks).every(
        ({ delta }) => delta.reasoning_details?.every(({ index }: Loose) => index === 0) ?? true,
      ),
    'tool-call-whole': (chunks) =>
      bodies(chunks).some((body) => body.arguments?.length > 10) &&
      bodies(chunks).every((body) => 'name' in body),
    'tool-call-index-missing': (chunks) =>
      withId(chunks).some(({ index }) => index === undefined) ||
      withId(chunks).some(({ index }) => index === -1),
    'tool-call-index-zero': (chunks) =>
      new Set(withId(chunks).map(({ id }) => id)).size > 1 &&
      withId(chunks).every(({ index }) => index === 0),
    'tool-call-index-from-one': (chunks) =>
      withId(chunks).length > 0 && withId(chunks).every(({ index }) => index > 0),
    'tool-call-index-string': (chunks) => withId(chunks).some(({ index }) => index === '0'),
    'tool-call-id-repeated': (chunks) =>
      withId(chunks).filter(({ index, type }) => index === 0 && type).length > 2,
    'tool-call-id-empty': (chunks) => withId(chunks).some(({ id }) => id === ''),
    'tool-call-id-varies': (chunks) => withId(chunks).some(({ id }) => id.endsWith('a-1')),
    'tool-call-nulls': (chunks) =>
      withId(chunks).some(({ id, type }) => id === null && type === null),
    'tool-call-name-repeated': (chunks) =>
      bodies(chunks).length > 4 && bodies(chunks).every(({ name }) => name),
    'tool-call-name-empty': (chunks) => bodies(chunks).some(({ name }) => name === ''),
    'tool-call-name-late': (chunks) =>
      bodies(chunks).length > 0 &&
      !bodies(chunks)[0].name &&
      bodies(chunks).some(({ name }) => name),
    'tool-call-name-split': (chunks) =>
      bodies(chunks).some(({ name }) => name === 'get_we') &&
      bodies(chunks).some(({ name }) => name === 'ather'),
    'tool-call-function-late': (chunks) =>
      withId(chunks).some((entry) => !('function' in entry) && !('custom' in entry)),
    'tool-call-type-missing': (chunks) =>
      calls(chunks).some((entry) => 'function' in entry && entry.id && !entry.type),
    'tool-call-arguments-null': (chunks) => bodies(chunks).some((body) => body.arguments === null),
    'tool-call-arguments-object': (chunks) =>
      bodies(chunks).some((body) => typeof body.arguments === 'object'),
    'tool-call-entries-doubled': (chunks) =>
      choicesOf(chunks).some(({ delta }) =>
        /"index":(\d).*"index":\1/.test(JSON.stringify(delta.tool_calls ?? [])),
      ),
  }

  test.each(CHAT_QUIRKS)('does %s if it may, and only then', (quirk) => {
    const about: ChatFeature[] = quirk.startsWith('tool')
      ? ['tools', 'customTools']
      : ['usage', 'reasoning']
    const found = sampled(chunkStream({ quirks: [quirk], features: about }), 250)
    expect(found.has(({ chunks, quirks }) => quirks.length > 0 && evidence[quirk](chunks))).toBe(
      true,
    )
    expect(found.has(({ quirks }) => quirks.length === 0)).toBe(true)
    // A stream without it, of which some other may well look like it by chance, has what the completion says.
    const none = found.some().filter(({ quirks }) => quirks.length === 0)
    if (!['tool-call-whole', 'tool-call-name-repeated'].includes(quirk)) {
      expect(none.some(({ chunks }) => evidence[quirk](chunks))).toBe(false)
    }
  })

  test('names only quirks that it has been allowed', () => {
    for (const { quirks } of sampled(
      chunkStream({ quirks: ['id-empty', 'padding'] }),
      100,
    ).some()) {
      for (const quirk of quirks) expect(['id-empty', 'padding']).toContain(quirk)
    }
    const features: ChatFeature[] = ['tools', 'usage', 'reasoning']
    const all = sampled(chunkStream({ quirks: 'all', features }), 700)
    for (const quirk of CHAT_QUIRKS)
      expect(all.has(({ quirks }) => quirks.includes(quirk))).toBe(true)
    for (const { quirks } of all.some())
      for (const quirk of quirks) expect(CHAT_QUIRKS).toContain(quirk)
  })

  test('shrinks to a stream that can be read', () => {
    const details = fc.check(
      fc.property(chunkStream({ quirks: 'all' }), ({ chunks }) => calls(chunks).length === 0),
      { seed: 1, numRuns: 300 },
    )
    const [{ chunks, quirks } = { chunks: [], quirks: ['padding'] }] = details.counterexample ?? []
    expect(quirks).toEqual([])
    const fields = choicesOf(chunks).map(({ delta }) => Object.keys(delta))
    // The role, the call, its arguments if it needs any, the reason: nothing shares a delta without need.
    expect(fields.slice(0, 2)).toEqual([['role', 'content', 'refusal'], ['tool_calls']])
    expect(fields.at(-1)).toEqual([])
    expect(fields.length).toBeLessThanOrEqual(4)
  })
})
