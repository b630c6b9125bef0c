import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accumulate } from '@tesserae/openai'
import { referenceParse } from '@tesserae/testkit'
import { chunkStream } from '@tesserae/testkit/arbitraries'
import {
  blockOf,
  chunkWith,
  cut,
  encoder,
  expectTheSame,
  expectTheSameAmongBytes,
  expectTheSameChanged,
  expectTheSameInTurns,
  expectTheSameOf,
  expectTheSameOfShape,
  LEARNT,
  shapes,
  type Wire,
} from './support/prediction.ts'
import { countParses } from './support/count-parses.ts'

// Chunks that are known by those before them are not parsed. Whatever comes, the outcome has to be the same.

test('a shape that came back so often as in these tests is not parsed any more', async () => {
  const block = encoder.encode(blockOf(JSON.stringify(chunkWith({ content: 'a' }))))
  const source = Array.from({ length: LEARNT + 100 }, () => block)
  const parsed = await countParses(async () => {
    await accumulate(source, { incomplete: 'return' })
  })
  expect(parsed).toBeLessThanOrEqual(LEARNT)
})

describe('the outcome is the same as without prediction', () => {
  /** What `FC_RUNS` says: other runtimes than vitest's try a part of the cases. */
  const RUNS = fc.readConfigureGlobal().numRuns ?? 100

  test('for streams of every feature and every habit', async () => {
    await fc.assert(
      fc.asyncProperty(chunkStream({ quirks: 'all' }), ({ chunks }) =>
        expectTheSame(chunks.map((chunk) => JSON.stringify(chunk))),
      ),
    )
  })

  test.each(shapes.map((shape, number) => ({ shape, number })))('for shape $number', ({ shape }) =>
    expectTheSameOfShape(shape, Math.ceil(RUNS / 2)),
  )

  test('for shapes that take turns, written in other ways, and broken', () =>
    expectTheSameInTurns(5 * RUNS))

  test('for bytes that are not text, and lines that are not data, among chunks that are known', () =>
    expectTheSameAmongBytes(5 * RUNS))

  test('for data in several lines, which is not what its bytes look like', async () => {
    const text = JSON.stringify(chunkWith({ content: 'a' })).replace(',', ',\n')
    await expectTheSame([text, text, text, text])
    const line = encoder.encode(`data: ${text}\n\n`)
    await expectTheSameOf([
      ...Array.from({ length: LEARNT }, () => text).map((text) => encoder.encode(blockOf(text))),
      line,
    ])
    const glued = encoder.encode(`data: {"a":1}\ndata:\ndata: {"b":2}\n\n`)
    await expectTheSameOf(Array.from({ length: LEARNT }, () => glued))
  })

  test('for a carriage return, which ends a line, in a field that is parsed', async () => {
    const logprobs = { content: [{ token: 'a' }] }
    const text = JSON.stringify(chunkWith({ content: 'a' }, { model: 'cr' }, { logprobs }))
    const cut = text.replace('[{"token"', '[\r{"token"')
    await expectTheSameOf(
      [...Array.from({ length: LEARNT }, () => text), cut, text].map((data) =>
        encoder.encode(`data: ${data}\n\n`),
      ),
    )
  })

  test('for a byte order mark after chunks that are known', async () => {
    const text = (content: string): string =>
      blockOf(JSON.stringify(chunkWith({ content }, { model: 'mark' })))
    const last = JSON.stringify(chunkWith({}, {}, { finish_reason: 'stop' }))
    for (let stream = 0; stream < 8; stream++)
      await expectTheSameOf(
        [text('a'), text('b'), `\ufeff${text('c')}`, blockOf(last), 'data: [DONE]\n\n'].map(
          (block) => encoder.encode(block),
        ),
      )
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

  /** What adds text: a field, the arguments of a call, a part of the content. */
  const places: Record<string, (text: string) => object> = {
    content: (content) => ({ content }),
    reasoning: (reasoning) => ({ reasoning }),
    arguments: (text) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
    parts: (text) => ({ content: [{ type: 'text', text }] }),
    unknown: (unknown) => ({ unknown }),
  }
  test.each(
    Object.keys(places).flatMap((place) =>
      ['null', '[]', '{}', 'true', '0', '-1', ''].map((text) => [text, place] as const),
    ),
  )('for the text %j again and again as %s', async (word, place) => {
    const text = (piece: string): string =>
      JSON.stringify(chunkWith(places[place]!(piece), { model: `${place} ${word}` }))
    await expectTheSame([text(word), text(word), text('a'), text(word), text(word), text('a')])
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
        await expectTheSameOf(
          [...Array.from({ length: LEARNT }, () => text), last].map((data) => ({ data })),
        )
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

  test('a negative index counts as missing, so two choices of a chunk may be one', async () => {
    const choices = [-1, 0].map((index) => ({ index, delta: { content: String(index) } }))
    const text = JSON.stringify(chunkWith({}, { model: 'negative', choices }))
    await expectTheSame([text, text])
  })

  // Each adds its JSON to the arguments, so many of them are not one.
  test.each([{}, [], { a: 1 }, [1], -1, true, null].map((value) => ({ value })))(
    'for arguments that are $value',
    async ({ value }) => {
      const piece = (args: unknown, more: Wire = {}): string =>
        JSON.stringify(
          chunkWith(
            { tool_calls: [{ index: 0, ...more, function: { arguments: args } }] },
            { model: `model of ${JSON.stringify(value)}` },
          ),
        )
      await expectTheSame([
        piece('', { id: 'call' }),
        ...[value, 'x', value, value].map((args) => piece(args)),
      ])
    },
  )

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
    const smalls = Array.from({ length: LEARNT }, () => small)
    const failure = async (predict: boolean, maxEventBytes: number): Promise<unknown> => {
      const options = { incomplete: 'return', predict, maxEventBytes } as const
      const { failure } = await accumulate([...smalls, large], options)
      return JSON.parse(JSON.stringify({ ...failure, cause: failure?.cause }))
    }
    for (const limit of [small.length - 3, small.length - 2, small.length, large.length - 3])
      expect(await failure(true, limit)).toEqual(await failure(false, limit))
    expect(await failure(true, large.length - 3)).toMatchObject({
      cause: { offset: LEARNT * small.length + large.length - 3 },
    })
  })

  test('comments between events change nothing, wherever lines end and chunks are cut', async () => {
    const known = JSON.stringify(chunkWith({ content: 'a' }))
    const line = fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(':', ': ping', `:${'x'.repeat(40)}`, `: a\u00e9`) },
      { weight: 2, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: fc.constant(`data: ${known}`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(`: ping\rdata: ${known}`, 'event: ping', 'id: 1', 'x'),
      },
    )
    const lines = fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', '\r')), {
      minLength: 1,
      maxLength: 60,
    })
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 400 }), async (all, size) => {
        const bytes = encoder.encode(`${all.map(([line, end]) => line + end).join('')}\n\n`)
        const { events } = referenceParse(bytes)
        const options = { incomplete: 'return' } as const
        const { message } = await accumulate(events, { ...options, predict: false })
        for (const predict of [true, false])
          for (const chunks of [cut(bytes, size), [bytes]]) {
            const read = await accumulate(chunks, { ...options, predict })
            expect(JSON.stringify(read.message)).toBe(JSON.stringify(message))
          }
      }),
    )
  })

  test('an event after heartbeats that is too large is so at the same byte', async () => {
    const beats = encoder.encode(': ping\n\n'.repeat(3))
    const large = encoder.encode(blockOf(JSON.stringify(chunkWith({ content: 'a'.repeat(300) }))))
    for (const predict of [true, false]) {
      const options = { incomplete: 'return', predict, maxEventBytes: 250 } as const
      const { failure } = await accumulate([beats, large], options)
      expect(failure?.cause).toMatchObject({ offset: beats.length + 250 })
    }
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
      const events = Array.from({ length: LEARNT }, () => ({ data: one }))
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

  // Each letter, and more letters in its place: `predict.long.ts`.
  test('for single letters that are changed in a chunk that is known', () =>
    expectTheSameChanged(shapes.slice(0, 6), 4, ['"', '\\', '0']))
})

// Streams of one process share what they learnt, and nothing else.

test('a message and its deltas can be changed without changing the next stream', async () => {
  const usage = { total_tokens: 3, details: { cached: 1 } }
  const chunks = [
    chunkWith({ role: 'assistant', content: '' }, { filters: { hate: { filtered: false } } }),
    ...Array.from({ length: 12 }, () =>
      chunkWith({ content: 'a' }, { usage, filters: { hate: { filtered: false } } }),
    ),
  ]
  const blocks = chunks.map((chunk) => encoder.encode(blockOf(JSON.stringify(chunk))))
  const spoil = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      const field = (value as Wire)[key]
      spoil(field)
      if (typeof field !== 'object') (value as Wire)[key] = 'spoilt'
    }
  }
  const read = async (predict: boolean): Promise<unknown> => {
    const deltas: unknown[] = []
    const { message } = await accumulate(blocks, {
      incomplete: 'return',
      predict,
      onDelta: (delta) => {
        deltas.push(structuredClone(delta))
        spoil(delta)
      },
    })
    const outcome = structuredClone({ message, deltas })
    spoil(message)
    return outcome
  }
  const plain = await read(false)
  for (let round = 0; round < 4; round++) expect(await read(true)).toEqual(plain)
})

test('a listener can read another stream of the same shape', async () => {
  const blocks = (letter: string): Uint8Array[] =>
    Array.from({ length: 2 * LEARNT }, () =>
      encoder.encode(blockOf(JSON.stringify(chunkWith({ content: letter })))),
    )
  const inner: Promise<unknown>[] = []
  const text = async (letter: string, onDelta?: () => void): Promise<unknown> => {
    const { message } = await accumulate(blocks(letter), { incomplete: 'return', onDelta })
    return message.choices[0]?.message.content
  }
  const outer = await text('a', () => inner.push(text('b')))
  expect(outer).toBe('a'.repeat(2 * LEARNT))
  expect(new Set(await Promise.all(inner))).toEqual(new Set(['b'.repeat(2 * LEARNT)]))
})

describe('an event of several lines', () => {
  const say = (content: string): string =>
    JSON.stringify(chunkWith({ content }, { model: 'several lines' }))
  const known = Array.from({ length: 31 }, (_, at) => say(`w${at} `))
  const read = (data: string, predict: boolean): Promise<unknown> =>
    accumulate(
      [...known, data, '[DONE]'].map((each) => ({ data: each })),
      { predict, incomplete: 'return' },
    ).catch((error: unknown) => error)

  test.each([
    ['two chunks', `${say('A ')}\n\n${say('B ')}`],
    ['a chunk and what is none', `${say('A ')}\n\nrubbish`],
    ['a chunk and a line end', `${say('A ')}\n`],
  ])('that is %s', async (_, data) => {
    expect(await read(data, true)).toEqual(await read(data, false))
  })
})

test('a chunk whose memory can shrink is read', async () => {
  const blocks = Array.from({ length: 300 }, (_, at) =>
    blockOf(JSON.stringify(chunkWith({ content: `w${at} ` }))),
  )
  const bytes = encoder.encode(blocks.join(''))
  const { length } = bytes
  const Memory = ArrayBuffer as new (length: number, options: object) => ArrayBuffer
  const chunk = new Uint8Array(new Memory(length, { maxByteLength: 2 * length }))
  chunk.set(bytes)
  const read = (source: Uint8Array): Promise<unknown> =>
    accumulate([source], { incomplete: 'return' })
  const plain = await read(bytes)
  expect(await read(chunk)).toEqual(plain)
})
