import { describe, expect, test } from 'vitest'
import { accumulate } from '@tesserae/openai'
import { countLetters, countParses } from './support/count-parses.ts'
import { blockOf, chunkWith, cut, encoder, type Wire } from './support/prediction.ts'

// Learning may not cost more than it saves. Time says little on a busy machine, so the letters that are parsed count: without
// prediction these are the letters of the stream.

let tests = 0

/** How many letters of these chunks, sent as events, are parsed for each that is sent. */
async function parsedOf(chunks: readonly Wire[]): Promise<number> {
  // What other tests have taught the process is of other models.
  const model = `model ${tests++}`
  const texts = chunks.map((chunk) => JSON.stringify({ ...chunk, model }))
  const blocks = texts.map((text) => encoder.encode(blockOf(text)))
  const letters = await countLetters(async () => {
    await accumulate(blocks, { incomplete: 'return' })
  })
  return letters / texts.join('').length
}

const many = (count: number, chunkAt: (at: number) => Wire): Wire[] =>
  Array.from({ length: count }, (_, at) => chunkAt(at))

describe('no letter is parsed twice', () => {
  test.each<[string, Wire[]]>([
    [
      '8 chunks of 256 choices',
      many(8, () => ({
        choices: many(256, (index) => ({ index, delta: { content: 'a' } })),
      })),
    ],
    ['a text of 20,000 times "1"', many(20, () => chunkWith({ content: '1'.repeat(1_000) }))],
    ['a stream of four chunks', many(4, (at) => chunkWith({ content: `word ${at}` }))],
    ['a field of another name in each chunk', many(300, (at) => chunkWith({ [`field${at}`]: at }))],
    [
      'lists of another length in each chunk',
      many(300, (at) => chunkWith({ content: 'a' }, { list: many(at % 40, (of) => ({ of })) })),
    ],
    [
      'a field whose value is of another kind in each chunk',
      many(300, (at) =>
        chunkWith({ content: 'a' }, { field: [at, `${at}`, null, [at], { at }][at % 5] }),
      ),
    ],
  ])('%s', async (_, chunks) => {
    expect(await parsedOf(chunks)).toBeLessThanOrEqual(1)
  })
})

/** The texts of a short answer. */
const short = (more: Wire): string[] =>
  [
    chunkWith({ role: 'assistant', content: '' }),
    ...['Hel', 'lo', '!'].map((content) => chunkWith({ content })),
    chunkWith({}, {}, { finish_reason: 'stop' }),
    { ...chunkWith({}, { usage: { prompt_tokens: 3, completion_tokens: 4 } }), choices: [] },
  ].map((chunk) => JSON.stringify({ ...chunk, ...more }))

describe('a short stream that is like earlier ones is not parsed', () => {
  test.each<[string, string[][]]>([
    ['of one model', [short({ model: 'one' })]],
    [
      'of two servers in turns that name their model alike',
      [short({ model: 'alike' }), short({ model: 'alike', service: 'other', region: 'eu' })],
    ],
    [
      'of twelve models in turns',
      Array.from({ length: 12 }, (_, at) => short({ model: `turn ${at}` })),
    ],
  ])('%s', async (_, answers) => {
    const read = async (number: number): Promise<void> => {
      for (const texts of answers)
        await accumulate(
          texts.map((text) =>
            encoder.encode(blockOf(text.replace('chatcmpl-1', `chatcmpl-${number}`))),
          ),
        )
    }
    for (let round = 0; round < 8; round++) await read(round)
    expect(await countParses(() => read(8))).toBe(0)
  })
})

test('a model that is used all the time is known, whatever other models are read', async () => {
  const read = async (texts: readonly string[]): Promise<void> => {
    await accumulate(texts.map((text) => encoder.encode(blockOf(text))))
  }
  const hot = short({ model: 'hot' })
  for (let round = 0; round < 8; round++) await read(hot)
  for (let other = 0; other < 200; other++) {
    await read(short({ model: `once ${other}` }))
    await read(short({ model: `once ${other}` }))
    expect(await countParses(() => read(hot))).toBe(0)
  }
})

describe('most letters are not parsed', () => {
  test.each<[string, (at: number) => Wire]>([
    ['text', (at) => chunkWith({ content: `word ${at}` })],
    [
      'an unknown field that changes in each chunk',
      (at) => chunkWith({ content: 'a', mood: `m${at}` }),
    ],
    [
      'an unknown number that changes in each chunk',
      (at) => chunkWith({ content: 'a' }, { tick: at }),
    ],
    ['8 choices in turns', (at) => chunkWith({ content: 'a' }, {}, { index: at % 8 })],
    [
      'citations and counted usage in each chunk, as Perplexity sends them',
      (at) =>
        chunkWith(
          { role: 'assistant', content: 'a' },
          {
            citations: many(8, (of) => ({ url: `https://example.com/${of}` })),
            usage: { prompt_tokens: 8, completion_tokens: at, total_tokens: at + 8 },
          },
          { message: { role: 'assistant', content: 'a'.repeat(at % 9) } },
        ),
    ],
    [
      'padding of another length in each chunk, as Bedrock sends it',
      (at) => chunkWith({ content: 'a' }, {}, { obfuscation: 'x'.repeat(at % 20) }),
    ],
    ['no id and the time 0', (at) => chunkWith({ content: `${at}` }, { id: '', created: 0 })],
  ])('%s', async (_, chunkAt) => {
    expect(await parsedOf(many(300, chunkAt))).toBeLessThan(0.2)
  })

  // The way in which Perplexity writes: an event takes three packets, and its line ends are CRLF.
  test('long events in packets of 1,460 bytes', async () => {
    const urls = many(80, (of) => ({ url: `https://example.com/${of}` }))
    const texts = many(300, (at) => chunkWith({ content: `word ${at}` }, { urls })).map((chunk) =>
      JSON.stringify(chunk),
    )
    const packets = cut(
      encoder.encode(texts.map((text) => blockOf(text, ' ', '\r\n')).join('')),
      1_460,
    )
    const letters = await countLetters(async () => {
      await accumulate(packets, { incomplete: 'return' })
    })
    expect(letters / texts.join('').length).toBeLessThan(0.2)
  })

  test('log probabilities are parsed alone', async () => {
    const chunks = many(300, (at) =>
      chunkWith(
        { content: 'a' },
        {},
        {
          logprobs: { content: [{ token: 'a', logprob: -at / 7, bytes: [97], top_logprobs: [] }] },
        },
      ),
    )
    expect(await parsedOf(chunks)).toBeLessThan(0.5)
  })
})
