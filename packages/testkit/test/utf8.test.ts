import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { referenceDecode } from '@tesserae/testkit'

/** More runs than the other tests, in proportion: `FC_RUNS` sets the measure. */
const times = (factor: number) => ({ numRuns: factor * (fc.readConfigureGlobal().numRuns ?? 100) })

const platform = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/** Bytes at which the decoder decides something, so that random sequences of them reach every branch. */
const EDGES = [
  0x00, 0x0a, 0x0d, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
  0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff, 0xbb,
]

describe('the decoder agrees with the one of the platform', () => {
  test('on every sequence of two edge bytes, before a letter', () => {
    for (const a of EDGES) {
      for (const b of EDGES) {
        const bytes = Uint8Array.of(a, b, 0x61)
        expect(referenceDecode(bytes)).toBe(platform(bytes))
      }
    }
  })

  test('on every sequence of three edge bytes, at the end of the input', () => {
    for (const a of EDGES) {
      for (const b of EDGES) {
        for (const c of EDGES) {
          const bytes = Uint8Array.of(a, b, c)
          if (referenceDecode(bytes) !== platform(bytes))
            expect([...bytes]).toEqual('decoded alike')
        }
      }
    }
  })

  test('on random hostile bytes', () => {
    const hostile = fc.array(
      fc.oneof(fc.constantFrom(...EDGES), fc.integer({ min: 0, max: 255 })),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(hostile, (numbers) => {
        const bytes = Uint8Array.from(numbers)
        expect(referenceDecode(bytes)).toBe(platform(bytes))
      }),
      times(20),
    )
  })

  test('on random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(referenceDecode(new TextEncoder().encode(text))).toBe(text)
      }),
    )
  })
})

test.each([
  [[0xef, 0xbb, 0xbf, 0x61], '\u{feff}a'],
  [[0xe2, 0x82, 0x0a], '\u{fffd}\n'],
  [[0xf0, 0x9f, 0x98, 0x0d], '\u{fffd}\r'],
  [[0xc0, 0x8a], '\u{fffd}\u{fffd}'],
  [[0xed, 0xa0, 0x80], '\u{fffd}\u{fffd}\u{fffd}'],
  [[0xf4, 0x8f, 0xbf, 0xbf], '\u{10ffff}'],
  [[0xf4, 0x90, 0x80, 0x80], '\u{fffd}'.repeat(4)],
])('%j is decoded to %j', (numbers, text) => {
  expect(referenceDecode(Uint8Array.from(numbers))).toBe(text)
})
