import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAccumulator } from '@tesserae/openai/accumulator'
import { CHAT_QUIRKS, chunkStream } from '@tesserae/testkit/arbitraries'

type Wire = Record<string, unknown>

const accumulate = (chunks: readonly unknown[]): object => {
  const accumulator = createAccumulator()
  for (const chunk of chunks) accumulator.push(chunk)
  return accumulator.finish().message
}
/** As it would be on the wire: what is lazy has been read, and what is undefined is not there. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value))

describe('the message is what the server would have sent without streaming', () => {
  test('from chunks as the official API sends them', () => {
    fc.assert(
      fc.property(chunkStream(), ({ chunks, completion }) => {
        expect(plain(accumulate(chunks))).toEqual(completion)
      }),
    )
  })

  test('from chunks with any five of the habits that servers have', () => {
    fc.assert(
      fc.property(chunkStream({ quirks: 'all' }), ({ chunks, completion }) => {
        expect(plain(accumulate(chunks))).toEqual(completion)
      }),
    )
  })

  test.each(CHAT_QUIRKS)('with the habit %s', (quirk) => {
    fc.assert(
      fc.property(chunkStream({ quirks: [quirk] }), ({ chunks, completion }) => {
        expect(plain(accumulate(chunks))).toEqual(completion)
      }),
      { numRuns: 40 },
    )
  })

  test('and the verdict is that it is complete, or that the server says so in mid-arguments', () => {
    fc.assert(
      fc.property(chunkStream({ quirks: 'all' }), ({ chunks }) => {
        const accumulator = createAccumulator()
        for (const chunk of chunks) accumulator.push(chunk)
        const { verdict } = accumulator.finish()
        expect([undefined, 'open-json', 'gave-up']).toContain(verdict.reason)
        expect(verdict.error).toBeUndefined()
      }),
    )
  })
})

describe('snapshots', () => {
  test('a snapshot is what finishing there would give, and nothing later changes it', () => {
    fc.assert(
      fc.property(chunkStream({ quirks: 'all' }), ({ chunks }) => {
        const accumulator = createAccumulator()
        const taken = chunks.map((chunk, at) => {
          accumulator.push(chunk)
          return {
            at,
            snapshot: accumulator.snapshot(),
            text: JSON.stringify(accumulator.snapshot()),
          }
        })
        accumulator.finish()
        for (const { at, snapshot, text } of taken) {
          expect(JSON.stringify(snapshot)).toBe(text)
          expect(JSON.stringify(accumulate(chunks.slice(0, at + 1)))).toBe(text)
        }
      }),
    )
  })

  test('the chunks stay as they were', () => {
    fc.assert(
      fc.property(chunkStream({ quirks: 'all' }), ({ chunks }) => {
        const before = JSON.stringify(chunks)
        accumulate(chunks)
        expect(JSON.stringify(chunks)).toBe(before)
      }),
    )
  })

  test('long lists too stay as long as they were', () => {
    const token = { token: 'a', logprob: -1, bytes: null, top_logprobs: [] }
    const accumulator = createAccumulator()
    const chunk = {
      choices: [{ index: 0, delta: {}, logprobs: { content: [token], refusal: null } }],
    }
    for (let count = 0; count < 20; count++) accumulator.push(chunk)
    const snapshot = accumulator.snapshot()
    for (let count = 0; count < 20; count++) accumulator.push(chunk)
    const list = snapshot.choices[0]?.logprobs?.content
    expect(list).toHaveLength(20)
    expect(snapshot.choices[0]?.logprobs?.content).toBe(list)
    expect(accumulator.snapshot().choices[0]?.logprobs?.content).toHaveLength(40)
  })
})

describe('where text is cut means nothing', () => {
  const features = ['tools', 'reasoning', 'refusal', 'functionCall'] as const

  test('cutting each text once more', () => {
    fc.assert(
      fc.property(chunkStream({ features }), fc.nat(), ({ chunks, completion }, number) => {
        expect(plain(accumulate(chunks.flatMap((chunk) => cutInTwo(chunk, number))))).toEqual(
          completion,
        )
      }),
    )
  })

  test('joining neighbours that say the same kind of thing', () => {
    fc.assert(
      fc.property(chunkStream({ features }), ({ chunks, completion }) => {
        expect(plain(accumulate(joined(chunks)))).toEqual(completion)
      }),
    )
  })
})

const GROWING = ['content', 'reasoning', 'reasoning_content', 'refusal']

/** A chunk as two, if it has text: the first half with all that is beside it, and the second half alone. */
function cutInTwo(chunk: Wire, number: number): Wire[] {
  const [choice] = (chunk['choices'] ?? []) as Wire[]
  const delta = choice?.['delta'] as Wire | undefined
  const name = GROWING.find((name) => typeof delta?.[name] === 'string' && delta[name] !== '')
  if (!choice || !delta || name === undefined) return [chunk]
  const text = delta[name] as string
  const at = number % (text.length + 1)
  const rest = { index: choice['index'], delta: { [name]: text.slice(at) } }
  return [
    {
      ...chunk,
      choices: [
        { ...choice, delta: { ...delta, [name]: text.slice(0, at) } },
        ...(chunk['choices'] as Wire[]).slice(1),
      ],
    },
    { id: chunk['id'], choices: [rest] },
  ]
}

/** Neighbours with nothing but a piece of the same text become one. */
function joined(chunks: readonly Wire[]): Wire[] {
  const found: Wire[] = []
  for (const chunk of chunks) {
    const [before, after] = [textIn(found.at(-1)), textIn(chunk)]
    if (!before || !after || before.name !== after.name || before.index !== after.index)
      found.push(chunk)
    else {
      const delta = { [after.name]: before.text + after.text }
      found[found.length - 1] = {
        ...chunk,
        choices: [{ ...(chunk['choices'] as Wire[])[0], delta }],
      }
    }
  }
  return found
}

function textIn(
  chunk: Wire | undefined,
): { name: string; text: string; index: unknown } | undefined {
  const choices = (chunk?.['choices'] ?? []) as Wire[]
  const [choice] = choices
  const delta = Object.entries((choice?.['delta'] ?? {}) as Wire)
  const [name, text] = delta[0] ?? []
  if (choices.length !== 1 || delta.length !== 1 || !GROWING.includes(name ?? '')) return undefined
  if (choice?.['logprobs'] || choice?.['finish_reason']) return undefined
  return { name: name as string, text: text as string, index: choice?.['index'] }
}
