import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { referenceParse } from '@tesserae/testkit'
import {
  hostileEvent,
  illTypedEvent,
  mutatedSseBytes,
  sseBytesAndCuts,
  sseEvent,
  sseStream,
  type GeneratedEvent,
  type SseStream,
} from '@tesserae/testkit/arbitraries'

/** More runs than the other tests, in proportion: `FC_RUNS` sets the measure. */
const times = (factor: number) => ({ numRuns: factor * (fc.readConfigureGlobal().numRuns ?? 100) })

const utf8 = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/** A sample of fixed seed, big enough for what is rare, so that what it must contain cannot be missing by chance. */
const sample = <T>(arbitrary: fc.Arbitrary<T>, count = 2000) =>
  fc.sample(arbitrary, { numRuns: count, seed: 1 })

describe('sseStream', () => {
  test('means what it says it means', () => {
    fc.assert(
      fc.property(sseStream(), ({ bytes, ...meaning }) => {
        expect(referenceParse(bytes)).toEqual(meaning)
      }),
      times(20),
    )
  })

  const features: [string, (stream: SseStream) => boolean][] = [
    ['a byte order mark', ({ bytes }) => text(bytes).startsWith('\ufeff')],
    ['two byte order marks', ({ bytes }) => text(bytes).startsWith('\ufeff\ufeff')],
    ['none', ({ bytes }) => bytes.length > 0 && !text(bytes).startsWith('\ufeff')],
    ['LF', ({ bytes }) => /[^\r]\n/.test(text(bytes))],
    ['CR', ({ bytes }) => /\r[^\n]/.test(text(bytes))],
    ['CR LF', ({ bytes }) => /\r\n/.test(text(bytes))],
    ['CR at the very end', ({ bytes }) => text(bytes).endsWith('\r')],
    ['LF CR', ({ bytes }) => /\n\r[^\n]/.test(text(bytes))],
    [
      'all line ends mixed',
      ({ bytes }) =>
        /[^\r]\n/.test(text(bytes)) && /\r[^\n]/.test(text(bytes)) && /\r\n/.test(text(bytes)),
    ],
    ['several events', ({ events }) => events.length >= 3],
    ['no event', ({ events, bytes }) => events.length === 0 && bytes.length > 10],
    ['an event without data text', ({ events }) => events.some(({ data }) => data === '')],
    [
      'data of several lines',
      ({ events }) => events.some(({ data }) => data.split('\n').length >= 3),
    ],
    [
      'data with an empty last line',
      ({ events }) => events.some(({ data }) => data.endsWith('\n')),
    ],
    ['a named event', ({ events }) => events.some(({ event }) => event !== undefined)],
    ['an event named message', ({ events }) => events.some(({ event }) => event === 'message')],
    ['an event named __proto__', ({ events }) => events.some(({ event }) => event === '__proto__')],
    ['an id of its own', ({ events }) => events.some(({ id }) => id)],
    [
      'an id inherited',
      ({ events }) => events.some(({ id, lastEventId }) => id === undefined && lastEventId !== ''),
    ],
    [
      'an id reset',
      ({ events }) => events.some(({ id }, index) => id === '' && events[index - 1]?.lastEventId),
    ],
    [
      'an id from a block without data',
      ({ events, lastEventId }) => events.every(({ id }) => id === undefined) && lastEventId !== '',
    ],
    ['an id with U+0000', ({ bytes }) => /[\n\r]id: ?[^\n\r]*\0/.test(text(bytes))],
    ['an id discarded', ({ pending }) => pending?.fields.includes('id') === true],
    ['retry', ({ retries }) => retries.some((value) => value > 0 && value < 100_000)],
    ['retry of 0', ({ retries }) => retries.includes(0)],
    [
      'retry beyond a timer',
      ({ bytes, retries }) => retries.includes(2147483647) && /9{20}/.test(text(bytes)),
    ],
    [
      'retry that is not a number',
      ({ bytes, retries }) => /[\n\r]retry:[^\n\r]*x/.test(text(bytes)) && retries.length === 0,
    ],
    ['comments', ({ comments }) => comments.length >= 2],
    ['an empty comment', ({ comments }) => comments.includes('')],
    [
      'unknown fields',
      ({ unknownFields }) => unknownFields.some(([name]) => name.toLowerCase() === 'data'),
    ],
    [
      'a field without a colon',
      ({ unknownFields }) => unknownFields.some(([, value]) => value === ''),
    ],
    ['malformed UTF-8', ({ bytes }) => utf8(text(bytes)).join() !== bytes.join()],
    [
      'a replacement that was sent',
      ({ bytes }) => text(bytes).includes('\ufffd') && utf8(text(bytes)).join() === bytes.join(),
    ],
    ['no bytes', ({ bytes }) => bytes.length === 0],
    ['nothing pending', ({ pending, events }) => pending === undefined && events.length > 0],
    ['a block pending', ({ pending }) => pending?.fields.length === 3],
    [
      'a line pending alone',
      ({ pending, bytes }) => pending?.fields.length === 0 && !/[\r\n]$/.test(text(bytes)),
    ],
    [
      'comments alone at the end',
      ({ pending, bytes }) => pending === undefined && /[\r\n]:[^\r\n]*[\r\n]$/.test(text(bytes)),
    ],
    ['an end within a character', ({ bytes }) => (bytes.at(-1) ?? 0) >= 0xc2],
  ]
  const streams = sample(sseStream())
  test.each(features)('has streams with %s', (_what, has) => {
    expect(streams.some(has)).toBe(true)
  })

  test('keeps to its options', () => {
    fc.assert(
      fc.property(
        sseStream({ maxBlocks: 2, unfinished: false, malformed: false }),
        ({ bytes, events, pending }) => {
          expect(pending).toBeUndefined()
          expect(events.length).toBeLessThanOrEqual(2)
          expect(utf8(text(bytes))).toEqual(bytes)
        },
      ),
    )
  })

  test('shrinks to the line that matters', () => {
    const details = fc.check(
      fc.property(
        sseStream(),
        ({ bytes }) => !referenceParse(bytes).comments.some((comment) => comment.includes('\0')),
      ),
      { seed: 1, numRuns: 2000 },
    )
    expect(details.failed).toBe(true)
    expect(text(details.counterexample?.[0].bytes as Uint8Array)).toBe(':\0\n\n')
  })
})

describe('sseEvent', () => {
  const encode = ({ event, data, id, retry }: GeneratedEvent) =>
    (event === undefined ? '' : `event: ${event}\n`) +
    (id === undefined ? '' : `id: ${id}\n`) +
    (retry === undefined ? '' : `retry: ${retry}\n`) +
    data
      .split('\n')
      .map((line) => `data: ${line}\n\n`.slice(0, -1))
      .join('') +
    '\n'

  test('survives being sent in the plainest way', () => {
    fc.assert(
      fc.property(sseEvent(), (sent) => {
        const { events, retries, pending } = referenceParse(utf8(encode(sent)))
        expect(events).toEqual([
          { event: sent.event, data: sent.data, id: sent.id, lastEventId: sent.id ?? '' },
        ])
        expect(retries).toEqual(sent.retry === undefined ? [] : [sent.retry])
        expect(pending).toBeUndefined()
      }),
      times(10),
    )
  })

  test('has every combination of fields', () => {
    const shapes = new Set(sample(sseEvent(), 300).map((event) => Object.keys(event).sort().join()))
    expect(shapes.size).toBe(8)
  })
})

describe('hostileEvent', () => {
  const events = sample(hostileEvent())
  const fields: [string, (event: GeneratedEvent) => string | undefined][] = [
    ['event', ({ event }) => event],
    ['id', ({ id }) => id],
    ['data', ({ data }) => data],
  ]
  const hazards: [string, (value: string) => boolean][] = [
    ['LF', (value) => /[^\r]\n/.test(value)],
    ['CR', (value) => /\r(?!\n)/.test(value)],
    ['CR LF', (value) => value.includes('\r\n')],
    ['an event within', (value) => value.includes('\n\ndata: injected\n\n')],
    ['U+0000', (value) => value.includes('\0')],
    ['a lone surrogate', (value) => !value.isWellFormed()],
    ['a byte order mark', (value) => value.includes('\ufeff')],
    ['U+2028', (value) => value.includes('\u2028')],
    ['__proto__', (value) => value === '__proto__'],
    ['nothing', (value) => value === ''],
    ['64 KiB', (value) => value.length > 65_536],
  ]
  test.each(
    fields.flatMap(([field, get]) =>
      hazards.map(([what, has]) => [field, what, get, has] as const),
    ),
  )('has events whose %s holds %s', (_field, _what, get, has) => {
    expect(events.some((event) => has(get(event) ?? 'x'))).toBe(true)
  })

  test('keeps to the types', () => {
    for (const { event, data, id, retry } of events) {
      expect(typeof data).toBe('string')
      expect(['string', 'undefined']).toContain(typeof event)
      expect(['string', 'undefined']).toContain(typeof id)
      expect(['number', 'undefined']).toContain(typeof retry)
    }
  })

  test.each([
    ['NaN', Number.isNaN],
    ['a negative number', (retry: number) => retry < 0],
    ['a fraction', (retry: number) => retry > 1 && retry < 2],
    ['infinity', (retry: number) => retry === Infinity],
    ['2^31', (retry: number) => retry === 2 ** 31],
    ['minus zero', (retry: number) => Object.is(retry, -0)],
    ['undefined', (retry: number | undefined) => retry === undefined],
  ] as [string, (retry: number | undefined) => boolean][])(
    'has events whose retry is %s',
    (_what, has) => {
      expect(events.some((event) => 'retry' in event && has(event.retry))).toBe(true)
    },
  )

  test('finds the encoder that lets line ends through', () => {
    const details = fc.check(
      fc.property(hostileEvent(), ({ event = '', data }) => {
        return referenceParse(utf8(`event: ${event}\ndata: ${data}\n\n`)).unknownFields.length === 0
      }),
    )
    expect(details.failed).toBe(true)
  })
})

test('illTypedEvent has every type in every field, and no object at all', () => {
  const found = sample(illTypedEvent())
  const types = [
    'undefined',
    'boolean',
    'number',
    'bigint',
    'string',
    'symbol',
    'object',
    'function',
  ]
  for (const field of ['event', 'data', 'id', 'retry']) {
    const ofField = new Set(
      found.map((event) => typeof (event as Record<string, unknown> | null)?.[field]),
    )
    expect([...ofField].sort()).toEqual([...types].sort())
  }
  expect(found).toContain(null)
  expect(found.some((event) => typeof event === 'string')).toBe(true)
})

describe('mutatedSseBytes', () => {
  const found = sample(mutatedSseBytes())

  test('is different from any stream that is whole, but still like one', () => {
    const parsed = found.map((bytes) => referenceParse(bytes))
    expect(parsed.filter(({ events }) => events.length > 0).length).toBeGreaterThan(
      found.length / 4,
    )
    expect(parsed.filter(({ unknownFields }) => unknownFields.length > 0).length).toBeGreaterThan(
      found.length / 4,
    )
    expect(parsed.filter(({ pending }) => pending !== undefined).length).toBeGreaterThan(
      found.length / 4,
    )
  })

  test.each([
    [
      'half a byte order mark at the front',
      (bytes: Uint8Array) => bytes[0] === 0xef && bytes[1] !== 0xbb,
    ],
    [
      'a line end in a name',
      (bytes: Uint8Array) => /(^|[\r\n])(da?|ev?e?|re?t?r?)[\r\n]/.test(text(bytes)),
    ],
    ['nothing left', (bytes: Uint8Array) => bytes.length === 0],
    ['bytes that are not UTF-8', (bytes: Uint8Array) => text(bytes).includes('\ufffd')],
  ])('has %s', (_what, has) => {
    expect(found.some(has)).toBe(true)
  })
})

describe('sseBytesAndCuts', () => {
  test('cuts the bytes and loses none', () => {
    fc.assert(
      fc.property(sseBytesAndCuts(), ({ bytes, chunks }) => {
        expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...bytes])
      }),
    )
  })

  test('has many chunks, few, empty ones, and cuts within CR LF, a character and a byte order mark', () => {
    const found = sample(sseBytesAndCuts())
    const cutBetween = (before: number, after: number) =>
      found.some(({ chunks }) =>
        chunks.some((chunk, index) => chunk.at(-1) === before && chunks[index + 1]?.[0] === after),
      )
    expect(found.some(({ chunks }) => chunks.length === 1)).toBe(true)
    expect(found.some(({ chunks }) => chunks.length > 8)).toBe(true)
    expect(
      found.some(({ chunks }) => chunks.some((chunk, index) => chunk.length === 0 && index > 0)),
    ).toBe(true)
    expect(cutBetween(0x0d, 0x0a)).toBe(true)
    expect(cutBetween(0xf0, 0x9f)).toBe(true)
    expect(cutBetween(0xef, 0xbb)).toBe(true)
    expect(cutBetween(0xbb, 0xbf)).toBe(true)
  })
})
