import { vectors } from '@tesserae/testkit/vectors'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { expectForEveryCut } from './support/outcome.ts'
import { asPlanned, readAsPlanned, type Reading } from './support/reading.ts'

// Bundlers bring a `Buffer` that lacks what Node's has, and browsers none.

const { utf8Slice, latin1Slice } = Buffer.prototype as unknown as Record<string, () => string>
const platforms: [string, object | undefined][] = [
  ['none', undefined],
  ['without utf8Slice', { latin1Slice }],
  ['without latin1Slice', { utf8Slice }],
  ['without either', {}],
]
const readings: Reading[] = [
  { ways: ['now'], takes: [Infinity] },
  { ways: ['never'], takes: [Infinity] },
]

/** The modules as they load where `Buffer` has this prototype. */
async function loadWith(prototype: object | undefined) {
  vi.resetModules()
  vi.stubGlobal('Buffer', prototype && { prototype })
  try {
    const native = await import('../src/native.ts')
    const { createParser } = await import('../src/parser.ts')
    return { native, createParser }
  } finally {
    vi.unstubAllGlobals()
  }
}

afterEach(() => void vi.resetModules())

describe.each(platforms)('a Buffer: %s', (_name, prototype) => {
  test('every vector is what it is, at every cut', async () => {
    const { createParser } = await loadWith(prototype)
    for (const { bytes, events } of vectors)
      for (const reading of readings)
        expectForEveryCut(
          bytes,
          asPlanned(events, reading),
          (chunks) => readAsPlanned(createParser(), chunks, reading),
          { pairsUpTo: 0 },
        )
  })

  test('is what the parser was loaded with', async () => {
    const { native } = await loadWith(prototype)
    expect(native.unitsAreCheap).toBe(prototype !== undefined && 'latin1Slice' in prototype)
    const bytes = new TextEncoder().encode('<漢é>')
    expect(native.decode(bytes, 1, 6)).toBe('漢é')
    expect(native.toUnits(bytes, 0, bytes.length)).toBe('<\u00e6\u00bc\u00a2\u00c3\u00a9>')
  })
})
