import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  byteByByte,
  cuts,
  everyCut,
  everyPairOfCuts,
  inChunksOf,
  seededCuts,
  TestkitError,
  withEmptyChunks,
  type ChunkMemory,
  type Cut,
} from '@tesserae/testkit'

const join = (chunks: readonly Uint8Array[]) => chunks.flatMap((chunk) => [...chunk])
const lengths = (chunks: readonly Uint8Array[]) => chunks.map((chunk) => chunk.length)
const count = (items: Iterable<unknown>) => [...items].length
const numbers = (length: number) => Uint8Array.from({ length }, (_, index) => index)
const memory = fc.constantFrom<ChunkMemory>('views', 'copies', 'padded')

test('everything that cuts gives chunks that put together are the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), fc.nat(), memory, (bytes, seed, memory) => {
      const names = new Set<string>()
      let number = 0
      for (const { name, chunks } of cuts(bytes, { pairsUpTo: 12, seed, seeded: 3, memory })) {
        expect(join(chunks), name).toEqual([...bytes])
        names.add(name)
        number++
      }
      // A failure message names one cut and no other.
      expect(names.size).toBe(number)
    }),
  )
})

test('counts are exact', () => {
  for (const length of [0, 1, 2, 3, 10]) {
    const bytes = numbers(length)
    const positions = Math.max(0, length - 1)
    expect(count(everyCut(bytes))).toBe(positions)
    expect(count(everyPairOfCuts(bytes))).toBe((positions * Math.max(0, positions - 1)) / 2)
    expect(byteByByte(bytes).length).toBe(length)
    expect(inChunksOf(bytes, 3).length).toBe(Math.ceil(length / 3))
    expect(count(seededCuts(bytes, 1, 5))).toBe(5)
    expect(withEmptyChunks(byteByByte(bytes)).length).toBe(2 * length + 1)
  }
})

test('every cut is where it says, in order, without empty chunks', () => {
  expect([...everyCut(numbers(4))].map(({ name, chunks }) => [name, ...lengths(chunks)])).toEqual([
    ['cut at 1', 1, 3],
    ['cut at 2', 2, 2],
    ['cut at 3', 3, 1],
  ])
  expect(
    [...everyPairOfCuts(numbers(4))].map(({ name, chunks }) => [name, ...lengths(chunks)]),
  ).toEqual([
    ['cut at 1 and 2', 1, 1, 2],
    ['cut at 1 and 3', 1, 2, 1],
    ['cut at 2 and 3', 2, 1, 1],
  ])
})

test('regular chunks have the size that was asked for, the last one at most', () => {
  expect(lengths(inChunksOf(numbers(7), 3))).toEqual([3, 3, 1])
  expect(lengths(inChunksOf(numbers(6), 3))).toEqual([3, 3])
  expect(lengths(inChunksOf(numbers(2), 3))).toEqual([2])
  expect(inChunksOf(numbers(0), 3)).toEqual([])
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a chunk size of %d is refused',
  (size) => {
    expect(() => inChunksOf(numbers(3), size)).toThrow(TestkitError)
  },
)

test('empty chunks stand before, between and after', () => {
  expect(lengths(withEmptyChunks([numbers(2), numbers(1)]))).toEqual([0, 2, 0, 1, 0])
  expect(lengths(withEmptyChunks([]))).toEqual([0])
})

describe('seeded cuts', () => {
  const shapes = (found: Iterable<Cut>) =>
    [...found].map(({ name, chunks }) => [name, ...lengths(chunks)])

  test('are the same for the same seed and others for another', () => {
    expect(shapes(seededCuts(numbers(200), 7, 4))).toEqual(shapes(seededCuts(numbers(200), 7, 4)))
    expect(shapes(seededCuts(numbers(200), 7, 4)).map(([, ...sizes]) => sizes)).not.toEqual(
      shapes(seededCuts(numbers(200), 8, 4)).map(([, ...sizes]) => sizes),
    )
  })

  test('are of many sizes, and some chunks are empty', () => {
    const found = [...seededCuts(numbers(200), 7, 40)].map(({ chunks }) => lengths(chunks))
    expect(new Set(found.flat()).size).toBeGreaterThan(40)
    expect(found.flat()).toContain(0)
    expect(found.some((sizes) => sizes.length > 60)).toBe(true)
    expect(found.some((sizes) => sizes.length < 5)).toBe(true)
  })
})

describe('cuts', () => {
  const kinds = (bytes: Uint8Array, options?: Parameters<typeof cuts>[1]) => {
    const names = [...cuts(bytes, options)].map(({ name }) => name)
    return {
      singles: names.filter((name) => /^cut at \d+$/.test(name)).length,
      pairs: names.filter((name) => /^cut at \d+ and \d+$/.test(name)).length,
      seeded: names.filter((name) => name.startsWith('seed ')).length,
      other: names.filter((name) => !/^(cut at|seed) /.test(name)),
    }
  }

  test('yields every kind', () => {
    expect(kinds(numbers(10))).toEqual({
      singles: 9,
      pairs: 36,
      seeded: 8,
      other: [
        'whole',
        'whole, between empty chunks',
        'byte by byte',
        'byte by byte, with empty chunks',
        'in chunks of 2',
        'in chunks of 3',
        'in chunks of 7',
      ],
    })
  })

  test('does not cut into chunks as long as the whole', () => {
    expect(kinds(numbers(7)).other).not.toContain('in chunks of 7')
    expect(kinds(numbers(8)).other).toContain('in chunks of 7')
  })

  test('bounds the kinds whose number grows with the bytes', () => {
    expect(kinds(numbers(48)).pairs).toBe((47 * 46) / 2)
    expect(kinds(numbers(49)).pairs).toBe(0)
    expect(kinds(numbers(1024)).singles).toBe(1023)
    expect(kinds(numbers(1025)).singles).toBe(0)
    expect(kinds(numbers(10), { pairsUpTo: 9, singlesUpTo: 10, seeded: 2 })).toMatchObject({
      singles: 9,
      pairs: 0,
      seeded: 2,
    })
  })

  test('passes its seed on', () => {
    const seeded = (seed: number) =>
      [...cuts(numbers(50), { seed })].filter(({ name }) => name.startsWith(`seed ${seed}`))
    expect(seeded(3).length).toBe(8)
    expect(seeded(3).map(({ chunks }) => lengths(chunks))).toEqual(
      [...seededCuts(numbers(50), 3, 8)].map(({ chunks }) => lengths(chunks)),
    )
  })

  test('is lazy: the first ones of a big input cost nothing', () => {
    const all = cuts(new Uint8Array(50_000), { pairsUpTo: Number.POSITIVE_INFINITY })
    expect(all.next().value?.name).toBe('whole')
    all.return()
  })

  test('of no bytes still has a chunk, and cuts between empty ones', () => {
    expect(
      [...cuts(new Uint8Array(0), { seeded: 0 })].map(({ name, chunks }) => [
        name,
        ...lengths(chunks),
      ]),
    ).toEqual([
      ['whole', 0],
      ['whole, between empty chunks', 0, 0, 0],
      ['byte by byte'],
      ['byte by byte, with empty chunks', 0],
    ])
  })
})

describe('memory', () => {
  // The bytes themselves start in the middle of a buffer, as those of a socket do.
  const slab = numbers(40)
  const bytes = slab.subarray(10, 30)

  test('views look at the bytes that were passed in', () => {
    const chunks = inChunksOf(bytes, 8)
    expect(chunks.map((chunk) => chunk.byteOffset)).toEqual([10, 18, 26])
    for (const chunk of chunks) expect(chunk.buffer).toBe(slab.buffer)
  })

  test('copies own buffers of their size', () => {
    for (const chunk of inChunksOf(bytes, 8, { memory: 'copies' })) {
      expect(chunk.byteOffset).toBe(0)
      expect(chunk.buffer.byteLength).toBe(chunk.length)
      chunk.fill(0)
    }
    expect(bytes).toEqual(slab.slice(10, 30))
  })

  test('padded chunks stand between line feeds', () => {
    for (const chunk of inChunksOf(bytes, 8, { memory: 'padded' })) {
      const around = new Uint8Array(chunk.buffer)
      expect(around[chunk.byteOffset - 1]).toBe(0x0a)
      expect(around[chunk.byteOffset + chunk.length]).toBe(0x0a)
    }
  })
})
