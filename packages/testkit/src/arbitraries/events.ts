import fc, { type Arbitrary } from 'fast-check'
import { lineOfText, linesOfText, SUSPECTS } from './text.ts'
import type { GeneratedEvent } from './types.ts'

/**
 * Events that can be sent, and that arrive as they were sent: no line end in `event` or `id`, no U+0000 in `id`, only
 * LF in `data`, an `event` that is not empty, a `retry` that a timer can wait. Short of that, anything.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { referenceParse } from '@tesserae/testkit'
 * import { sseEvent, type GeneratedEvent } from '@tesserae/testkit/arbitraries'
 *
 * // Put your own encoder in the place of this one.
 * const encode = ({ event, data, id, retry }: GeneratedEvent) =>
 *   (event === undefined ? '' : `event: ${event}\n`) +
 *   (id === undefined ? '' : `id: ${id}\n`) +
 *   (retry === undefined ? '' : `retry: ${retry}\n`) +
 *   data.split('\n').map((line) => `data: ${line}\n`).join('') + '\n'
 *
 * fc.assert(
 *   fc.property(sseEvent(), (sent) => {
 *     const { events } = referenceParse(new TextEncoder().encode(encode(sent)))
 *     return events.length === 1 && events[0]?.data === sent.data && events[0]?.event === sent.event
 *   }),
 * )
 * ```
 */
export function sseEvent(): Arbitrary<GeneratedEvent> {
  return fc.record(
    {
      event: lineOfText().map((name) => name || 'message'),
      data: linesOfText(),
      id: lineOfText().map((id) => id.replaceAll('\0', '')),
      retry: fc.oneof(fc.nat({ max: 60_000 }), fc.nat({ max: 2 ** 31 - 1 })),
    },
    { requiredKeys: ['data'], noNullPrototype: true },
  )
}

/**
 * Events as an attacker, or a bug, would make them, still of the right types: line ends everywhere, whole events within
 * a field, U+0000, lone surrogates, byte order marks, very long text, `retry` that is not a number, keys that are
 * there but `undefined`, objects without a prototype. An encoder either refuses such an event, or what it writes is
 * exactly one event that says the same.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { referenceParse } from '@tesserae/testkit'
 * import { hostileEvent, type GeneratedEvent } from '@tesserae/testkit/arbitraries'
 *
 * const naive = ({ event, data }: GeneratedEvent) => `event: ${event}\ndata: ${data}\n\n`
 * const injects = fc.check(
 *   fc.property(hostileEvent(), (sent) => {
 *     const { events, unknownFields } = referenceParse(new TextEncoder().encode(naive(sent)))
 *     return events.length <= 1 && unknownFields.length === 0
 *   }),
 * )
 * injects.failed // => true
 * ```
 */
export function hostileEvent(): Arbitrary<GeneratedEvent> {
  const optional = (text: Arbitrary<string>) => fc.option(text, { nil: undefined, freq: 8 })
  return fc.record(
    {
      event: optional(hostileText()),
      data: hostileText(),
      id: optional(hostileText()),
      retry: fc.oneof(
        fc.constantFrom(
          undefined,
          -1,
          -0,
          1.5,
          2 ** 31,
          2 ** 53,
          1e21,
          Number.POSITIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          Number.NaN,
          Number.MIN_VALUE,
        ),
        fc.double(),
        fc.nat(),
      ),
    },
    { requiredKeys: ['data'] },
  )
}

/**
 * What callers without a type checker pass: fields of any type, fields missing, unknown fields, or no object at all.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { illTypedEvent } from '@tesserae/testkit/arbitraries'
 *
 * const validate = (event: unknown) => {
 *   if (typeof event === 'object' && event !== null && 'data' in event && typeof event.data === 'string') return
 *   throw new TypeError('no event')
 * }
 * fc.assert(
 *   fc.property(illTypedEvent(), (event) => {
 *     try {
 *       validate(event)
 *     } catch (error) {
 *       return error instanceof TypeError && error.message === 'no event'
 *     }
 *   }),
 * )
 * ```
 */
export function illTypedEvent(): Arbitrary<unknown> {
  const value = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, true, 0, Number.NaN, 1n, '', [], {}, Symbol('event')),
    fc
      .constantFrom<() => unknown>(
        () => new String('x'),
        () => () => 'x',
        () => ({ toString: () => 'x\n\ndata: y' }),
      )
      .map((make) => make()),
    hostileText(),
    fc.anything(),
  )
  const record = fc.record(
    { event: value, data: value, id: value, retry: value, comment: value },
    { requiredKeys: [] },
  )
  return fc.oneof({ weight: 4, arbitrary: record }, { weight: 1, arbitrary: value })
}

/** Text with anything in it, malformed UTF-16 too. */
function hostileText(): Arbitrary<string> {
  const lineEnds = ['\n', '\r', '\r\n', '\n\n', '\r\r', '\n\r', '\r\n\r\n']
  const injections = [
    '\n\ndata: injected\n\n',
    '\rdata: injected\r\r',
    '\r\nid: 666\r\n',
    '\nretry: 1\n',
    '\n: comment\n',
    '\nevent: injected',
    '\nunknown',
  ]
  const surrogates = ['\ud83d', '\ude00', '\ud800', '\udfff', '\ude00\ud83d']
  const piece = fc.oneof(
    { weight: 3, arbitrary: lineOfText() },
    { weight: 2, arbitrary: fc.constantFrom(...lineEnds) },
    { weight: 2, arbitrary: fc.constantFrom(...injections) },
    { weight: 1, arbitrary: fc.constantFrom(...surrogates) },
    { weight: 1, arbitrary: fc.constantFrom(...SUSPECTS) },
  )
  const short = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
  // Sizes around powers of two, where buffers grow, and one piece repeated, so that the value shrinks to the piece.
  const long = fc
    .tuple(piece, fc.constantFrom(127, 128, 1023, 4096, 16_383, 65_537))
    .map(([text, length]) => text.repeat(Math.ceil(length / Math.max(1, text.length))))
  return fc.oneof(
    { weight: 14, arbitrary: short },
    { weight: 2, arbitrary: fc.constantFrom(...SUSPECTS) },
    { weight: 1, arbitrary: long },
  )
}
