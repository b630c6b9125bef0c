import { beforeAll, describe, expect, test } from 'vitest'
import { accumulate } from '@tesserae/openai'
import { createAccumulator } from '@tesserae/openai/accumulator'
import { createJsonReader } from '@tesserae/openai/json'
import { measureExponent, recogniseQuadratic } from '@tesserae/testkit'

// Each of these is a way in which time has been seen to grow with the square of the message elsewhere.

type Wire = Record<string, unknown>
const say = (delta: Wire, beside: Wire = {}): Wire => ({
  id: 'chatcmpl-1',
  choices: [{ index: 0, delta, finish_reason: null, ...beside }],
})
const token = { token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }
const call = (entry: Wire): Wire => say({ tool_calls: [entry] })

const kinds: [string, (at: number) => Wire][] = [
  ['text', () => say({ content: 'token ' })],
  ['reasoning in two fields', () => say({ reasoning: 'token ', reasoning_content: 'token ' })],
  [
    'arguments',
    (at) =>
      call({
        index: 0,
        ...(at === 0 && { id: 'a' }),
        function: { arguments: at === 0 ? '{"a":"' : 'token ' },
      }),
  ],
  [
    'arguments with another id each time',
    (at) =>
      call({ index: 0, id: `${at}`, function: { arguments: at === 0 ? '{"a":"' : 'token ' } }),
  ],
  [
    'tool calls without end',
    (at) => call({ index: at, id: `${at}`, function: { name: 'f', arguments: '{}' } }),
  ],
  [
    'log probabilities',
    () => say({ content: 'a' }, { logprobs: { content: [token], refusal: null } }),
  ],
  ['annotations', (at) => say({ annotations: [{ at }] })],
  [
    'blocks of reasoning',
    (at) => say({ reasoning_details: [{ type: 'reasoning.text', text: 'a', id: `${at}` }] }),
  ],
  [
    'one block of reasoning',
    () => say({ reasoning_details: [{ type: 'reasoning.text', text: 'a' }] }),
  ],
  [
    'thinking parts',
    () => say({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] }),
  ],
  ['choices without end', (at) => ({ choices: [{ index: at, delta: { content: 'a' } }] })],
  ['fields without end', (at) => say({ [`field ${at}`]: at })],
]

/** Sizes that leave the collector out: it moves larger lists, which makes their last items ten times as dear as the first. */
const SMALL = { shortest: 0.02 }

// A busy machine makes linear work look worse, and never quadratic work better: one quiet measurement is proof.
const again = { retry: 4 }

beforeAll(async () => {
  await recogniseQuadratic()
}, 120_000)

describe('time grows with the stream', () => {
  test.each(kinds)('%s', again, async (_, chunkAt) => {
    const { exponent } = await measureExponent((size) => {
      const chunks = Array.from({ length: size }, (_, at) => chunkAt(at))
      return () => {
        const accumulator = createAccumulator({ onDelta: () => {} })
        for (const chunk of chunks) accumulator.push(chunk)
        return accumulator.finish()
      }
    })
    expect(exponent).toBeLessThan(1.2)
  })

  // A snapshot shares text and copies lists, because it is plain data of its own. A message whose lists grow is therefore
  // not in this test: its promise is the next one.
  test.each(kinds.filter(([name]) => /^(text|arguments|one block)/.test(name)))(
    '%s, with a snapshot of each chunk',
    again,
    async (_, chunkAt) => {
      const { exponent } = await measureExponent((size) => {
        const chunks = Array.from({ length: size }, (_, at) => chunkAt(at))
        return () => {
          const accumulator = createAccumulator()
          let length = 0
          for (const chunk of chunks) {
            accumulator.push(chunk)
            const message = accumulator.snapshot().choices[0]?.message
            length += (message?.content ?? message?.tool_calls?.[0]?.id ?? '').length
          }
          return length
        }
      })
      expect(exponent).toBeLessThan(1.2)
    },
  )

  // With a snapshot of each chunk that is quadratic, which the TSDoc of `snapshot()` says.
  test.each(kinds.filter(([name]) => /^(log|annotations|blocks|tool calls)/.test(name)))(
    'a snapshot of %s costs what its list holds',
    again,
    async (_, chunkAt) => {
      const { exponent } = await measureExponent((size) => {
        const accumulator = createAccumulator()
        for (let at = 0; at < size; at++) accumulator.push(chunkAt(at))
        return () => accumulator.snapshot()
      }, SMALL)
      expect(exponent).toBeLessThan(1.2)
    },
  )

  // Each of them is a block of its own, and what is searched for in it must not be searched in all that follows.
  test.each([': ping\n\n', ': a\n: b\n\n', ': a\n\r\n', 'x\n\n', 'data:\n\n', 'event: ping\n\n'])(
    'blocks of %j before a line without end',
    again,
    async (block) => {
      const { exponent } = await measureExponent((size) => {
        const chunk = new TextEncoder().encode(block.repeat(size) + 'x'.repeat(16 * size))
        return () => accumulate([chunk], { incomplete: 'return' })
      }, SMALL)
      expect(exponent).toBeLessThan(1.4)
    },
  )

  test('JSON, letter by letter', again, async () => {
    const { exponent } = await measureExponent((size) => {
      const letters = [...`{"text":"${'letters '.repeat(size)}","list":[${'1,'.repeat(size)}1]}`]
      return () => {
        const reader = createJsonReader()
        for (const letter of letters) reader.push(letter)
        return reader.state
      }
    })
    expect(exponent).toBeLessThan(1.2)
  })
})

test('70,000 fragments are as good as one', () => {
  const accumulator = createAccumulator()
  const fragments = Array.from({ length: 70_000 }, (_, at) => `${at} `)
  for (const content of fragments) accumulator.push(say({ content }))
  accumulator.push(say({}, { finish_reason: 'stop' }))
  const { message, verdict } = accumulator.finish()
  expect(message.choices[0]?.message.content).toBe(fragments.join(''))
  expect(verdict).toEqual({ complete: true, partialToolCalls: [], notes: [] })
})
