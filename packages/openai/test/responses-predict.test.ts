import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accumulate, readDeltas, toEvents } from '@tesserae/openai/responses'
import { RESPONSE_QUIRKS, responseStream } from '@tesserae/testkit/responses'

type Wire = Record<string, unknown>

/** Of properties that take long for each run: a part of `FC_RUNS`. */
const RUNS = fc.readConfigureGlobal().numRuns ?? 100
interface Framing {
  readonly names: boolean
  readonly lineEnd: string
  readonly spaces: boolean
}

const framings: readonly Framing[] = [
  { names: true, lineEnd: '\n', spaces: false },
  { names: false, lineEnd: '\r\n', spaces: false },
  { names: true, lineEnd: '\n', spaces: true },
  { names: true, lineEnd: '\r', spaces: false },
]

const write = (events: readonly object[], { names, lineEnd, spaces }: Framing): Uint8Array =>
  new TextEncoder().encode(
    [...toEvents(events)]
      .map(({ event, data }) => {
        const text = spaces
          ? JSON.stringify(JSON.parse(data), undefined, 1).replaceAll('\n', '')
          : data
        return `${names ? `event: ${event}${lineEnd}` : ''}data: ${text}${lineEnd}${lineEnd}`
      })
      .join(''),
  )

const cut = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...cuts.map((at) => at % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  )
  return places.slice(1).map((end, at) => bytes.slice(places[at], end))
}

const read = async (chunks: readonly Uint8Array[], predict: boolean) => {
  const { response, verdict } = await accumulate(chunks, { predict, incomplete: 'return' })
  return { response, verdict }
}
const tell = async (chunks: readonly Uint8Array[], predict: boolean) => {
  const deltas: unknown[] = []
  for await (const delta of readDeltas(chunks, { predict, incomplete: 'return' }))
    deltas.push(delta)
  return deltas
}

/** A stream of one text and one call, whose deltas take turns. */
const longStream = (pieces: readonly string[]): Wire[] => {
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const call = { item_id: 'fc_1', output_index: 1 }
  const response = { id: 'resp_1', object: 'response', status: 'in_progress', output: [] }
  const events: Wire[] = [
    { type: 'response.created', response },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
    },
    {
      type: 'response.output_item.added',
      output_index: 1,
      item: { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '' },
    },
    ...pieces.flatMap((delta, at): Wire[] => [
      {
        type: 'response.output_text.delta',
        ...place,
        delta,
        logprobs: [],
        obfuscation: 'x'.repeat(at % 5),
      },
      ...(at % 7 < 3 ? [{ type: 'response.function_call_arguments.delta', ...call, delta }] : []),
    ]),
    { type: 'response.completed', response: { ...response, status: 'completed' } },
  ]
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}

describe('prediction changes nothing', () => {
  test.each(framings)('streams of any server, cut anywhere, with %j', async (framing) => {
    await fc.assert(
      fc.asyncProperty(
        responseStream({ quirks: 'all', repeatsOutput: false }),
        fc.array(fc.nat(), { maxLength: 12 }),
        async ({ events }, cuts) => {
          const chunks = cut(write(events, framing), cuts)
          expect(await read(chunks, true)).toEqual(await read(chunks, false))
          expect(await tell(chunks, true)).toEqual(await tell(chunks, false))
        },
      ),
      { numRuns: RUNS / 2 },
    )
  })

  test.each(RESPONSE_QUIRKS)('long streams with the quirk %s', async (quirk) => {
    await fc.assert(
      fc.asyncProperty(responseStream({ quirks: [quirk] }), async ({ events }) => {
        const chunks = [write(events, { names: true, lineEnd: '\n', spaces: false })]
        expect(await read(chunks, true)).toEqual(await read(chunks, false))
      }),
      { numRuns: RUNS / 10 },
    )
  })

  test.each(framings)('texts of every kind in long streams, with %j', async (framing) => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '"',
        '\\',
        '\n',
        '\u2028',
        'é',
        '漢',
        '😀',
        '\ud83d',
        '\ude00',
        '',
        '\u0000',
        'x'.repeat(3000),
        '"delta":"x"',
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 20, maxLength: 60 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        async (pieces, cuts) => {
          const bytes = write(longStream(pieces), framing)
          for (const chunks of [[bytes], cut(bytes, cuts)]) {
            expect(await read(chunks, true)).toEqual(await read(chunks, false))
            expect(await tell(chunks, true)).toEqual(await tell(chunks, false))
          }
        },
      ),
      { numRuns: RUNS / 2 },
    )
  })

  test('a stream that skips a number is noted', async () => {
    const events = longStream(Array.from({ length: 40 }, () => 'a')).filter((_, at) => at !== 20)
    const { verdict } = await read([write(events, framings[0] as Framing)], true)
    expect(verdict.notes).toEqual([{ code: 'gap', count: 1 }])
  })

  test('events that a resumed stream repeats are left out', async () => {
    const events = longStream(Array.from({ length: 40 }, (_, at) => `${at} `))
    const frame = (from: number, to: number) => [
      write(events.slice(from, to), framings[0] as Framing),
    ]
    const response = await accumulate(frame(0, 30), { resume: () => frame(20, events.length) })
    expect(response).toEqual(await accumulate(frame(0, events.length)))
  })

  test('documents that a server glues into one event are not learnt as one', async () => {
    const piece = (delta: string): Wire => ({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta,
    })
    const unknown = { type: 'response.future' }
    const glued = Array.from({ length: 12 }, (_, at) =>
      new TextEncoder().encode(
        `data: ${JSON.stringify(unknown)}\ndata: ${JSON.stringify(piece(`${at} `))}\n\n`,
      ),
    )
    expect(await read(glued, true)).toEqual(await read(glued, false))
    const lists = Array.from({ length: 12 }, (_, at) =>
      new TextEncoder().encode(`data: ${JSON.stringify([unknown, piece(`${at} `)])}\n\n`),
    )
    expect(await read(lists, true)).toEqual(await read(lists, false))
  })

  test('a delta with the index that a part of another type has taken since', async () => {
    const delta = (type: string, content_index: number) => ({
      type: `response.${type}.delta`,
      item_id: 'm',
      output_index: 0,
      content_index,
      delta: type,
    })
    const events = [
      delta('output_text', 1),
      ...Array.from({ length: 8 }, () => delta('output_text', 0)),
      delta('refusal', 0),
      delta('output_text', 0),
    ]
    const chunks = [write(events, framings[0] as Framing)]
    expect(await read(chunks, true)).toEqual(await read(chunks, false))
  })

  test('an event beyond the limit is refused, predicted or not', async () => {
    const events = longStream([...Array.from({ length: 20 }, () => 'a'), 'b'.repeat(900)])
    for (const predict of [true, false]) {
      const reading = accumulate([write(events, framings[0] as Framing)], {
        predict,
        maxEventBytes: 600,
      })
      await expect(reading).rejects.toMatchObject({
        code: 'interrupted',
        cause: { message: expect.stringContaining('600') },
      })
    }
  })
})

describe('an event between deltas that another part or item begins after', () => {
  const delta = (text: string): object => ({
    type: 'response.output_text.delta',
    item_id: 'm',
    delta: text,
  })
  const text = (event: object): string => `data: ${JSON.stringify(event)}\n\n`
  const end = text({ type: 'response.completed', response: { id: 'r', status: 'completed' } })
  const begun = [...'abcde'].map((letter) => text(delta(letter))).join('')
  const continued = text(delta('g')) + text(delta('h')) + end

  test.each([
    [
      'a done event whose type is its name',
      `event: response.output_text.done\n${text({ item_id: 'm', text: 'abcde' })}`,
    ],
    [
      'a done event with its type in the data',
      text({ type: 'response.output_text.done', item_id: 'm', text: 'abcde' }),
    ],
    [
      'a replay from the start',
      text({ type: 'response.created', sequence_number: 0, response: { id: 'r' } }),
    ],
  ])('%s reads alike at every cut, predicted or not', async (_, between) => {
    const bytes = new TextEncoder().encode(begun + between + continued)
    const plain = await accumulate([bytes], { predict: false, incomplete: 'return' })
    for (let at = 0; at < bytes.length; at++) {
      const chunks = [bytes.slice(0, at), bytes.slice(at)]
      const { response } = await accumulate(chunks, { incomplete: 'return' })
      expect(response, `cut at ${at}`).toEqual(plain.response)
    }
  })
})
