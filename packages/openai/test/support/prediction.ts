import fc from 'fast-check'
import { expect } from 'vitest'
import { accumulate, type ChunkSource, type Delta } from '@tesserae/openai'

// Streams with and without prediction: whatever comes, the outcome has to be the same.

/** `source` is an array, so that it can be read twice. */
async function outcomeOf(source: ChunkSource, predict: boolean): Promise<unknown> {
  const options = { incomplete: 'return', predict } as const
  const { message, verdict, failure } = await accumulate(source, options)
  const deltas: Delta[] = []
  const told = await accumulate(source, { ...options, onDelta: (delta) => deltas.push(delta) })
  expect(JSON.stringify(told.message)).toBe(JSON.stringify(message))
  const { code, data } = failure ?? {}
  return JSON.parse(JSON.stringify({ message, verdict, code, data, deltas }))
}

export async function expectTheSameOf(source: ChunkSource): Promise<unknown> {
  const outcome = await outcomeOf(source, false)
  expect(await outcomeOf(source, true)).toEqual(outcome)
  return outcome
}

/** A shape is learnt when it has come back so often. */
export const LEARNT = 20

/** After the first two have come back often enough: as events, and as bytes: whole, event by event, and cut wherever `size` says. */
export async function expectTheSame(some: readonly string[], size = 500): Promise<void> {
  const texts = [
    ...some.slice(0, 2),
    ...Array.from({ length: LEARNT }, () => some[1] ?? ''),
    ...some,
  ]
  await expectTheSameOf(texts.map((data) => ({ data })))
  const blocks = texts.map((text) => blockOf(text))
  const whole = encoder.encode(blocks.join(''))
  await expectTheSameOf([whole])
  await expectTheSameOf(blocks.map((block) => encoder.encode(block)))
  await expectTheSameOf(cut(whole, size))
}

export const encoder: InstanceType<typeof TextEncoder> = new TextEncoder()

export function blockOf(data: string, space = ' ', end = '\n'): string {
  return `${data.replaceAll(/^/gm, `data:${space}`)}${end}${end}`
}

export function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, at) => bytes.slice(at * size, (at + 1) * size))
}

const head = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
}
export type Wire = Record<string, unknown>
export const chunkWith = (delta: unknown, beside: Wire = {}, choice: Wire = {}): Wire => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: null, ...choice }],
  ...beside,
})

/** Shapes of chunks, with text in them that differs from one to the next. */
export const shapes: ((text: string, at: number) => Wire)[] = [
  (content) => chunkWith({ content }),
  (content) => chunkWith({ role: 'assistant', content }),
  (reasoning) => chunkWith({ reasoning, content: null }),
  (text) => chunkWith({ reasoning_content: text, content: text }),
  (text, at) => chunkWith({ content: text }, { obfuscation: 'x'.repeat(at % 7) }),
  (content, at) => chunkWith({ content }, { created: at }),
  (content, at) => chunkWith({ content }, { id: `chatcmpl-${at}` }),
  (content, at) => chunkWith({ content }, {}, { index: at % 2 }),
  (content, at) => chunkWith({ content }, { model: at % 5 === 0 ? 'other' : 'm' }),
  (content, at) => chunkWith({ content }, { usage: at % 3 === 0 ? null : { total_tokens: at } }),
  (content, at) => chunkWith({ content }, {}, { logprobs: { content: [{ at }], refusal: null } }),
  (content, at) =>
    chunkWith(
      { content },
      { usage: null, obfuscation: 'x'.repeat(at % 3) },
      { logprobs: { content: [{ token: content }] } },
    ),
  (content, at) =>
    chunkWith(
      { content },
      {},
      {
        logprobs: [null, {}, { content: null }, { content: [content] }, [], { constructor: 1 }][
          at % 6
        ],
      },
    ),
  (content) =>
    chunkWith({ content }, {}, { logprobs: { content: [{ token: 'a' }], refusal: null } }),
  (content, at) =>
    at % 3 === 0
      ? chunkWith({ content }, { usage: { total_tokens: 1 } })
      : chunkWith({ content }, {}, { usage: { total_tokens: 2 } }),
  (content, at) => chunkWith({ content }, {}, { index: at % 2, usage: { total_tokens: at % 2 } }),
  (content, at) =>
    chunkWith(
      { content },
      {
        usage: {
          total: at * 1_234_567_890_123_457 ** (at % 2),
          cost: at % 4 === 0 ? 1 : 0.5,
          of: { a: at, b: [at] },
        },
      },
    ),
  (content, at) => chunkWith({ content, mood: at % 4 === 0 ? 'glad' : '' }),
  (content) => ({
    ...head,
    choices: [0, 0, 1].map((index) => ({ index, delta: { content }, finish_reason: null })),
  }),
  (content, at) => ({
    ...head,
    choices: [0, 1].map((index) => ({ index, delta: { content: `${content}${at}` } })),
  }),
  (content, at) => chunkWith({ content }, { obfuscation: 'x', usage: { p: at, obfuscation: at } }),
  (content) => chunkWith({ content }, { content, x: { delta: { content } } }),
  (content) => chunkWith({ content, annotations: [{ content }] }),
  (content) => chunkWith([content]),
  (text, at) =>
    chunkWith({
      tool_calls: [
        at === 0
          ? { index: 0, id: 'a', function: { name: 'f', arguments: '' } }
          : { index: 0, function: { arguments: text } },
      ],
    }),
  (text, at) =>
    chunkWith({
      tool_calls: [
        {
          index: 0,
          id: at % 6 === 5 ? 'b' : 'a',
          type: 'function',
          function: { name: 'f', arguments: text },
        },
      ],
    }),
  (text, at) => chunkWith({ tool_calls: [{ index: at % 3, function: { arguments: text } }] }),
  (text) => ({
    ...head,
    object: 'text_completion',
    choices: [{ index: 0, text, finish_reason: null }],
  }),
  (text) => ({ choices: [{ delta: { content: text } }] }),
  (text, at) => (at === 9 ? { error: { message: text } } : chunkWith({ content: text })),
  (text, at) =>
    at === 9
      ? { ...head, choices: [{ index: 0, message: { content: text } }] }
      : chunkWith({ content: text }),
]

export const pieces: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ' the',
      'token',
      '',
      '{"a":',
      '1}',
      ' "x" ',
      '\\',
      '\n',
      'é',
      '世界',
      '👋',
      '\ud83d',
      '\udc4b',
      '"},',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

/** Other ways of writing the same JSON, and ways of breaking it. */
export const faults: ((text: string, at: number) => string)[] = [
  (text) => text,
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at) => text + text.slice(0, at % 3),
  (text) => text.replace('"refusal":null}', '"refusal":null},"x":{}'),
  (text) => text.replace('"logprobs":', '"logprobs": '),
  (text) => text.replace('"content":[', '"content":[1],"content":['),
  (text, at) => put(text, at, '"'),
  (text, at) => put(text, at, '\\'),
  (text, at) => put(text, at, '\u0001'),
  (text, at) => put(text, at, ' '),
  (text, at) => put(text, at, '0'),
  (text, at) => put(text, at, 'e'),
  (text) => text.replace('"content":', '"content":"first","content":'),
  (text) => text.replace('"content":', '"\\u0063ontent":"1","content":'),
  (text) => text.replace('"total_tokens":', '"total_tokens":1.1e1,"total_tokens":'),
  (text) =>
    text.replace('"choices":', '"choices":[{"index":0,"delta":{"content":"no"}}],"choices":'),
  (text) => text.replace('"content":', '"c\\u006fntent":'),
  (text) => text.replace('"model"', '"__proto__":{"a":1},"model"'),
  (text) => text.replaceAll(':', ' : '),
  (text) => text.replaceAll('t', '\\u0074'),
  (text) => text.replace('"created":', '"created":0'),
  (text) => `[${text}]`,
  (text) => text + text,
  () => '[DONE]',
  () => 'null',
]

function put(text: string, at: number, letter: string): string {
  const place = at % (text.length + 1)
  return text.slice(0, place) + letter + text.slice(place + (at % 2))
}

/** Puts each of the letters in the place of each `step`th letter of a chunk that is known. */
export async function expectTheSameChanged(
  some: typeof shapes,
  step: number,
  letters: readonly string[],
): Promise<void> {
  for (const shape of some) {
    const text = JSON.stringify(shape('a', 1))
    for (let at = 0; at < text.length; at += step)
      for (const letter of letters)
        await expectTheSame([text, text, text.slice(0, at) + letter + text.slice(at + 1), text])
  }
}

/** Streams of one shape. */
export async function expectTheSameOfShape(
  shape: (typeof shapes)[number],
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(pieces, { minLength: 2, maxLength: 30 }),
      fc.integer({ min: 1, max: 3000 }),
      (texts, size) =>
        expectTheSame(
          texts.map((text, at) => JSON.stringify(shape(text, at))),
          size,
        ),
    ),
    { numRuns },
  )
}

/** Shapes that take turns, written in other ways, and broken. */
export async function expectTheSameInTurns(numRuns: number): Promise<void> {
  const event = fc.record({
    shape: fc.nat({ max: shapes.length - 1 }),
    piece: pieces,
    fault: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat({ max: faults.length - 1 }) },
    ),
    place: fc.nat({ max: 400 }),
  })
  // A few shapes at a time, or none would come back.
  const streams = fc
    .tuple(
      fc.array(fc.nat({ max: shapes.length - 1 }), { minLength: 1, maxLength: 3 }),
      fc.array(event, { maxLength: 40 }),
    )
    .map(([some, events]) =>
      events.map(({ shape, piece, fault, place }, at) => {
        const make = shapes[some[shape % some.length] ?? 0] ?? (() => ({}))
        return faults[fault]?.(JSON.stringify(make(piece, at)), place) ?? ''
      }),
    )
  await fc.assert(fc.asyncProperty(streams, fc.integer({ min: 1, max: 3000 }), expectTheSame), {
    numRuns,
  })
}

/** Bytes that are not text, and lines that are not data, among chunks that are known. */
export async function expectTheSameAmongBytes(numRuns: number): Promise<void> {
  const bytes = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0xe4, 0xb8, 0x96, 0xf0, 0xff, 0x41) },
    { weight: 1, arbitrary: fc.nat({ max: 255 }) },
  )
  const hole = fc.array(bytes, { maxLength: 4 })
  const between = fc.constantFrom(
    '',
    ': ping\n\n',
    '\n',
    'id: 7\n',
    'event: message\n',
    'event: error\n',
    'retry: 1\n\n',
    'data: {\n',
    'data\n\n',
    'foo: bar\n',
    'error: no\n\n',
    '\ufeff',
  )
  const written = fc.record({
    space: fc.constantFrom(' ', '', '  '),
    end: fc.constantFrom('\n', '\r\n', '\r'),
  })
  const event = fc.record({ hole, between: fc.option(between, { nil: '', freq: 4 }) })
  const sizes = fc.integer({ min: 1, max: 1200 })
  const [before = '', after = ''] = JSON.stringify(chunkWith({ content: 'HERE' })).split('HERE')
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), written, sizes, async (all, how, size) => {
      const [start = '', stop = ''] = blockOf('HERE', how.space, how.end).split('HERE')
      const known = Array.from({ length: LEARNT }, () => ({ hole: [0x61], between: null }))
      const stream = [...known, ...all].flatMap(({ hole, between }) => [
        ...encoder.encode((between ?? '').replaceAll('\n', how.end) + start + before),
        ...hole,
        ...encoder.encode(after + stop),
      ])
      await expectTheSameOf(cut(Uint8Array.from(stream), size))
      await expectTheSameOf([Uint8Array.from(stream)])
    }),
    { numRuns },
  )
}
