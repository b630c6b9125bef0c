import { referenceParse } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import { expect, test, vi } from 'vitest'
// Not the package: the test needs a copy that was evaluated with another `Buffer`.
import type * as parser from '../src/index.ts'
import { utf8 } from './support/bytes.ts'
import { expectForEveryCut, readEvent } from './support/outcome.ts'

// Bundlers bring a `Buffer` that lacks Node's own functions: then the platform's decoder is used.

const prototype = Buffer.prototype as unknown as Record<string, unknown>

async function parserWithout(...names: string[]): Promise<typeof parser> {
  const saved = names.map((name) => prototype[name])
  for (const name of names) prototype[name] = undefined
  try {
    vi.resetModules()
    return await import('../src/index.ts')
  } finally {
    names.forEach((name, at) => (prototype[name] = saved[at]))
  }
}

test.each([['utf8Slice'], ['latin1Slice'], ['utf8Slice', 'latin1Slice']])(
  'a Buffer without %s %s reads every vector, and counts bytes',
  async (...names) => {
    const { createParser } = await parserWithout(...names)
    for (const { bytes } of vectors) {
      const expected = referenceParse(bytes).events
      const read = (chunks: readonly Uint8Array[]) => {
        const parser = createParser()
        return chunks.flatMap((chunk) => {
          parser.feed(chunk)
          return [...parser].map(readEvent)
        })
      }
      expectForEveryCut(bytes, expected, read, { pairsUpTo: 0 })
    }
    const parser = createParser({ maxEventBytes: 10 })
    parser.feed(utf8('data: 漢\n\ndata: 漢字\n\n'))
    expect(parser.next()?.data).toBe('漢')
    expect(() => parser.next()).toThrow(expect.objectContaining({ offset: 21 }))
  },
)
