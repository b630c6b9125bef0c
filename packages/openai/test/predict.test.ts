import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accumulate, type ChunkSource, type Delta } from '@tesserae/openai'
import { chunkStream } from '@tesserae/testkit/arbitraries'

// Chunks that are known by those before them are not parsed. Whatever comes, the outcome has to be the same.

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

async function expectTheSameOf(source: ChunkSource): Promise<unknown> {
  const outcome = await outcomeOf(source, false)
  expect(await outcomeOf(source, true)).toEqual(outcome)
  return outcome
}

/** As events, and as bytes: whole, event by event, and cut wherever `size` says. */
async function expectTheSame(some: readonly string[], size = 500): Promise<void> {
  // A shape is learnt when it has come back often enough.
  const texts = [...some.slice(0, 2), ...Array.from({ length: 36 }, () => some[1] ?? ''), ...some]
  await expectTheSameOf(texts.map((data) => ({ data })))
  const blocks = texts.map((text) => blockOf(text))
  const whole = encoder.encode(blocks.join(''))
  await expectTheSameOf([whole])
  await expectTheSameOf(blocks.map((block) => encoder.encode(block)))
  await expectTheSameOf(cut(whole, size))
}

const encoder = new TextEncoder()

function blockOf(data: string, space = ' ', end = '\n'): string {
  return `${data.replaceAll(/^/gm, `data:${space}`)}${end}${end}`
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, at) => bytes.slice(at * size, (at + 1) * size))
}

const head = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
}
type Wire = Record<string, unknown>
const chunkWith = (delta: unknown, beside: Wire = {}, choice: Wire = {}): Wire => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: null, ...choice }],
  ...beside,
})

/** Shapes of chunks, with text in them that differs from one to the next. */
const shapes: ((text: string, at: number) => Wire)[] = [
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

const pieces = fc.oneof(
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
const faults: ((text: string, at: number) => string)[] = [
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

describe('the outcome is the same as without prediction', () => {
  test('for streams of every feature and every habit', async () => {
    await fc.assert(
      fc.asyncProperty(chunkStream({ quirks: 'all' }), ({ chunks }) =>
        expectTheSame(chunks.map((chunk) => JSON.stringify(chunk))),
      ),
    )
  })

  test.each(shapes.map((shape, number) => ({ shape, number })))(
    'for shape $number',
    async ({ shape }) => {
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
        { numRuns: 10 },
      )
    },
  )

  test('for shapes that take turns, written in other ways, and broken', async () => {
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
      numRuns: 120,
    })
  })

  test('for bytes that are not text, and lines that are not data, among chunks that are known', async () => {
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
      fc.asyncProperty(
        fc.array(event, { maxLength: 30 }),
        written,
        sizes,
        async (all, how, size) => {
          const [start = '', stop = ''] = blockOf('HERE', how.space, how.end).split('HERE')
          const known = Array.from({ length: 36 }, () => ({ hole: [0x61], between: null }))
          const stream = [...known, ...all].flatMap(({ hole, between }) => [
            ...encoder.encode((between ?? '').replaceAll('\n', how.end) + start + before),
            ...hole,
            ...encoder.encode(after + stop),
          ])
          await expectTheSameOf(cut(Uint8Array.from(stream), size))
          await expectTheSameOf([Uint8Array.from(stream)])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('for data in several lines, which is not what its bytes look like', async () => {
    const text = JSON.stringify(chunkWith({ content: 'a' })).replace(',', ',\n')
    await expectTheSame([text, text, text, text])
    const line = encoder.encode(`data: ${text}\n\n`)
    await expectTheSameOf([
      ...[text, text, text].map((text) => encoder.encode(blockOf(text))),
      line,
    ])
    const glued = encoder.encode(`data: {"a":1}\ndata:\ndata: {"b":2}\n\n`)
    await expectTheSameOf([glued, glued, glued])
  })

  test.each([
    ['a key that is there twice', '"content":"A"', '"content":"A","content":"B"'],
    ['a key that is written in two ways', '"content":"A"', '"content":"A","c\\u006fntent":"B"'],
    ['a value that is written in an odd way', '"content":"A"', '"content":"\\u0031"'],
    [
      'a key that is there twice, and a value that is not written as it is read',
      '"content":"A"',
      '"content":"A","content":"\\u0031\\u0031"',
    ],
    ['choices twice', '"choices":', '"choices":[{"index":0,"delta":{"content":"A"}}],"choices":'],
    ['white space', '"content":"A"', '"content" : "A"'],
  ])('for %s', async (_, plain, odd) => {
    const text = JSON.stringify(chunkWith({ content: 'A' })).replace(plain, odd)
    const texts = ['C', '1', '11', 'D'].flatMap((letter) =>
      ['A', 'B'].map((old) => text.replaceAll(`:"${old}"`, `:"${letter}"`)),
    )
    await expectTheSame([text, text, ...texts, text.replaceAll('\\u0031', 'E'), text])
  })

  test('for text that bytes cannot express', async () => {
    const [one, other] = ['\ud83d', '\ufffd'].map((model) => ({ model }))
    for (const beside of [one, other]) {
      // Not escaped, as it may stand in an event that another parser has made.
      const text = JSON.stringify(chunkWith({ content: 'a' }, beside)).replace('\\ud83d', '\ud83d')
      const odd = text.replace('"a"', '"\ud83d"')
      const turned = text.replaceAll(/\ud83d|\ufffd/g, (half) =>
        half === '\ufffd' ? '\ud83d' : '\ufffd',
      )
      for (const last of [turned, odd])
        await expectTheSameOf([text, text, text, last].map((data) => ({ data })))
    }
  })

  test('a fragment without an index belongs to the call that came last', async () => {
    const piece = (index: number | undefined, more: Wire = {}): string =>
      JSON.stringify(chunkWith({ tool_calls: [{ index, function: { ...more, arguments: 'x' } }] }))
    const begun = [0, 1].map((index) => piece(index, { name: `f${index}` }))
    const pieces = [0, 0, 0, 1, 1, 0, 1, 0, undefined].map((index) => piece(index))
    await expectTheSame([...begun, ...pieces])
    await expectTheSame([...begun, ...pieces.slice(1, -2), piece(undefined)])
  })

  test('anything but a Uint8Array is refused, or read, in its turn', async () => {
    const known = encoder.encode(blockOf(JSON.stringify(chunkWith({ content: 'a' }))))
    const before = [...Array.from({ length: 40 }, () => known), known.slice(0, 50)]
    for (const odd of [new DataView(new ArrayBuffer(8)), new Uint16Array(8)])
      await expectTheSameOf([...before, odd as unknown as Uint8Array, known.slice(50), known])
    // As of another realm, where `instanceof` is of no help.
    const elsewhere: unknown = Object.create(Object.getPrototypeOf(Uint8Array.prototype), {
      constructor: { value: Uint8Array },
    })
    const foreign = Object.setPrototypeOf(known.slice(50), elsewhere as object) as Uint8Array
    const outcome = await expectTheSameOf([...before, foreign, known])
    expect(outcome).toMatchObject({
      message: { choices: [{ message: { content: 'a'.repeat(42) } }] },
    })
  })

  test('an event that is too large is, known or not, at the same byte', async () => {
    const small = encoder.encode(blockOf(JSON.stringify(chunkWith({ content: 'a' }))))
    const large = encoder.encode(blockOf(JSON.stringify(chunkWith({ content: 'a'.repeat(300) }))))
    const failure = async (predict: boolean, maxEventBytes: number): Promise<unknown> => {
      const options = { incomplete: 'return', predict, maxEventBytes } as const
      const { failure } = await accumulate([small, small, small, small, large], options)
      return JSON.parse(JSON.stringify({ ...failure, cause: failure?.cause }))
    }
    for (const limit of [small.length - 3, small.length - 2, small.length, large.length - 3])
      expect(await failure(true, limit)).toEqual(await failure(false, limit))
    expect(await failure(true, large.length - 3)).toMatchObject({
      cause: { offset: 4 * small.length + large.length - 3 },
    })
  })

  test('where other chunks come in between, in a list, glued together, or under a name', async () => {
    const [one, other] = ['m', 'other'].map((model) =>
      JSON.stringify(chunkWith({ content: 'a' }, { model })),
    )
    if (one === undefined || other === undefined) return
    const between = [
      { data: `[${other}]` },
      { data: other + other },
      { data: other, event: 'chunk' },
      { data: other },
    ]
    for (const event of between) {
      const events = [one, one, one].map((data) => ({ data }))
      const all = [...events, event, ...events]
      await expectTheSameOf(all)
      await expectTheSameOf([...events, event])
    }
  })

  test.each([
    '\\n',
    'a\\"b',
    '\\n\u0001',
    '\\n"x',
    '\\u12',
    '\\u00e9',
    '\\x',
    '\\',
    '\\\\',
    '\\ud83d',
    '\\/\\b\\f\\r\\t',
    '\n',
  ])('for the text %j, as it stands between quotes', async (raw) => {
    const chunk = JSON.stringify(chunkWith({ content: 'TEXT' }))
    const texts = ['a', 'b', raw, `${raw}c`, 'd'].map((text) => chunk.split('TEXT').join(text))
    await expectTheSame(texts)
  })

  test('for each single letter that is changed in a chunk that is known', async () => {
    for (const shape of shapes.slice(0, 2)) {
      const text = JSON.stringify(shape('a', 1))
      for (let at = 0; at < text.length; at += 4)
        for (const letter of ['"', '\\', '0'])
          await expectTheSame([text, text, text.slice(0, at) + letter + text.slice(at + 1), text])
    }
  })
})
