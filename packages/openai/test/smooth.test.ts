import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDeltas } from '@tesserae/openai'
import { type Delta, smooth, type SmoothOptions } from '@tesserae/openai/display'
import { sourceOf } from '@tesserae/testkit'

const content = (delta: string, choice = 0): Delta => ({ type: 'content', choice, delta })

async function all(deltas: readonly Delta[], options: SmoothOptions = {}): Promise<Delta[]> {
  const found: Delta[] = []
  for await (const delta of smooth(deltas, options)) found.push(delta)
  return found
}

const textsOf = async (pieces: readonly string[], options?: SmoothOptions): Promise<string[]> =>
  (
    await all(
      pieces.map((piece) => content(piece)),
      options,
    )
  ).map((delta) => ('delta' in delta ? delta.delta : ''))

describe('smooth', () => {
  test.each<[string, SmoothOptions, string[], string[]]>([
    ['words', {}, ['Hel', 'lo wor', 'ld, a', 'gain '], ['Hello', ' world,', ' again', ' ']],
    ['lines', { unit: 'line' }, ['a\nb', 'c\n', 'd'], ['a\n', 'bc\n', 'd']],
    [
      'sentences',
      { unit: 'sentence' },
      ['One. T', 'wo? "Three!" Fo', 'ur'],
      ['One.', ' Two?', ' "Three!"', ' Four'],
    ],
    ['sentences in Chinese', { unit: 'sentence' }, ['你好。再', '见。'], ['你好。', '再见。']],
    [
      'graphemes',
      { unit: 'grapheme' },
      ['a\ud83d', '\udc68\u200d\ud83d\udc69', 'e\u0301'],
      ['a', '👨\u200d👩', 'e\u0301'],
    ],
    ['words without spaces', { locale: 'zh' }, ['我喜欢', '音乐。'], ['我', '喜欢', '音乐', '。']],
  ])('regroups %s', async (_, options, pieces, units) => {
    expect(await textsOf(pieces, options)).toEqual(units)
  })

  test('passes other deltas through after the text before them', async () => {
    const begin: Delta = { type: 'tool-call-begin', choice: 0, toolCall: 0, id: 'a', name: 'f' }
    const finish: Delta = { type: 'finish', choice: 0, reason: 'stop' }
    expect(await all([content('Hel'), begin, content('lo'), finish])).toEqual([
      content('Hel'),
      begin,
      content('lo'),
      finish,
    ])
  })

  test('keeps reasoning before content, and choices apart', async () => {
    const reasoning: Delta = { type: 'reasoning', choice: 0, delta: 'Hm' }
    expect(
      await all([reasoning, content('A'), content('B', 1), content('c'), content('d', 1)]),
    ).toEqual([reasoning, content('Ac'), content('Bd', 1)])
  })

  test('passes the text before an error on', async () => {
    async function* failing(): AsyncGenerator<Delta> {
      yield content('Hello wor')
      throw new Error('lost')
    }
    const found: Delta[] = []
    await expect(
      (async () => {
        for await (const delta of smooth(failing())) found.push(delta)
      })(),
    ).rejects.toThrow('lost')
    expect(found).toEqual([content('Hello'), content(' wor')])
  })

  test('waits before each unit', async () => {
    const waited: string[] = []
    await textsOf(['a b ', 'c d'], { delay: (text) => (waited.push(text), 0) })
    expect(waited).toEqual(['a', ' b', ' c'])
  })

  test('changes no text, in any unit', async () => {
    const units = ['word', 'sentence', 'line', 'grapheme'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.constantFrom(' ', '. ', '。', '\n', '👨', '\u200d', '漢字'),
          ),
        ),
        fc.constantFrom(...units),
        async (pieces, unit) => {
          expect((await textsOf(pieces, { unit })).join('')).toBe(pieces.join(''))
        },
      ),
    )
  })

  test('holds at most 1,024 characters of a unit back', async () => {
    const pieces = Array.from({ length: 3000 }, () => 'x')
    const texts = await textsOf(pieces)
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(1025)
    expect(texts.join('')).toBe(pieces.join(''))
  })
})

test('smooth returns what the deltas return, and closes them when its reader leaves', async () => {
  let isClosed = false
  const deltas = async function* (): AsyncGenerator<Delta, string> {
    try {
      yield { type: 'content', choice: 0, delta: 'Hello, world' }
      return 'the result'
    } finally {
      isClosed = true
    }
  }
  const whole = smooth(deltas())
  let next = await whole.next()
  while (!next.done) next = await whole.next()
  const result: string = next.value
  expect(result).toBe('the result')
  isClosed = false
  for await (const _ of smooth(deltas())) break
  expect(isClosed).toBe(true)
})

test('smooth is left at once by return(), also while a server is silent', async () => {
  const source = sourceOf(
    [
      new TextEncoder().encode(
        'data: {"choices":[{"index":0,"delta":{"content":"Hello, world"}}]}\n\n',
      ),
    ],
    { ending: 'stall' },
  )
  const deltas = smooth(readDeltas(source.stream()))
  expect((await deltas.next()).value).toEqual(content('Hello,'))
  const pending = deltas.next()
  await deltas.return(undefined as never)
  expect((await pending).value).toEqual(content(' world'))
  expect(await source.over).toBe('cancelled')
})

test('smooth rejects a unit that does not exist', async () => {
  const unit = 'syllable' as unknown as SmoothOptions['unit']
  await expect(smooth([], { unit }).next()).rejects.toThrow('`unit` must be')
})
