import type { ReferenceEvent } from '@tesserae/testkit'
import fc, { type Arbitrary } from 'fast-check'
import { joined, utf8 } from './bytes.ts'

/**
 * Streams of many kilobytes with what they mean: of events that are read in a run, 16 KiB are decoded at once, so a
 * stream has to be long, and its events have to end about there; otherwise that cannot go wrong. The reference parser would take
 * too long for them; here each line is decoded alone, by the platform.
 */
export interface LargeStream {
  readonly bytes: Uint8Array
  readonly events: readonly ReferenceEvent[]
}

interface Line {
  readonly text: string
  readonly length: number
  /** Each line begins somewhere else in its text, so that no two events are alike. */
  readonly from: number
}

const characters = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => String.fromCodePoint(from + index)).join('')

/** What lines are made of: by itself and in all mixtures that servers of language models send. */
const TEXTS: Record<string, Uint8Array> = {
  ascii: utf8(characters(0x21, 0x7f)),
  'now and then an accent': utf8(`${characters(0x21, 0x7f).repeat(3)}é${characters(0x41, 0x5b)}`),
  accents: utf8(characters(0xa1, 0x180)),
  chinese: utf8(characters(0x4e00, 0x4e60)),
  emoji: utf8(characters(0x1f600, 0x1f640)),
  everything: utf8('aé漢😀\u2028\u{feff}\0'),
  // As many units as bytes, as ASCII has.
  'bytes that are not text': Uint8Array.of(0xff, 0x61, 0x80, 0xc0, 0x62),
  'beginnings of characters': Uint8Array.of(
    0xf0,
    0x9f,
    0x98,
    0x61,
    0xe2,
    0x82,
    0xc3,
    0xe4,
    0xb8,
    0x80,
  ),
}

const anyLine = (): Arbitrary<Line> =>
  fc.record({
    text: fc.constantFrom(...Object.keys(TEXTS)),
    length: fc.oneof(
      fc.nat({ max: 40 }),
      fc.nat({ max: 2_000 }),
      fc.integer({ min: 16_340, max: 16_400 }),
      fc.nat({ max: 40_000 }),
    ),
    from: fc.nat({ max: 300 }),
  })

export const largeStream = (): Arbitrary<LargeStream> =>
  fc
    .record({
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      // Repeated, since runs of small events are what shares its decoding.
      blocks: fc.array(
        fc.record({
          lines: fc.oneof(
            { weight: 5, arbitrary: fc.tuple(anyLine()) },
            { weight: 1, arbitrary: fc.array(anyLine(), { minLength: 2, maxLength: 3 }) },
          ),
          name: fc.option(fc.constantFrom('delta', 'é')),
          times: fc.oneof(fc.constant(1), fc.nat({ max: 30 })),
        }),
        { maxLength: 8 },
      ),
    })
    .map(({ lineEnd, blocks }) => {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      const parts: Uint8Array[] = []
      const events: ReferenceEvent[] = []
      const write = (text: string): void => void parts.push(utf8(text))
      for (const { lines, name, times } of blocks) {
        const size = lines.reduce((total, { length }) => total + length, 0)
        for (let time = 0; time < Math.min(times, Math.ceil(80_000 / (size + 1))); time++) {
          if (name !== null) write(`event: ${name}${lineEnd}`)
          const data = lines.map((line) => {
            const bytes = bytesOf(line, time)
            write('data: ')
            parts.push(bytes)
            write(lineEnd)
            return decoder.decode(bytes)
          })
          write(lineEnd)
          events.push({
            event: name ?? undefined,
            data: data.join('\n'),
            id: undefined,
            lastEventId: '',
          })
        }
      }
      return { bytes: joined(parts), events }
    })

function bytesOf({ text, length, from }: Line, time: number): Uint8Array {
  const source = TEXTS[text] as Uint8Array
  return Uint8Array.from(
    { length },
    (_, index) => source[(from + time + index) % source.length] as number,
  )
}
