import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createJsonReader, type JsonReader } from '@tesserae/openai/json'

const read = (...pieces: string[]): JsonReader => {
  const reader = createJsonReader()
  for (const piece of pieces) reader.push(piece)
  return reader
}

const cutAnywhere = (text: string, cuts: readonly number[]): string[] => {
  const positions = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b)
  return [0, ...positions].map((from, at) => text.slice(from, positions[at]))
}

describe('laws', () => {
  test('whatever JSON it is and however it is cut, the value is that of JSON.parse', () => {
    const texts = fc
      .tuple(fc.jsonValue(), fc.nat({ max: 3 }))
      .map(([value, space]) => JSON.stringify(value, null, space))
    fc.assert(
      fc.property(texts, fc.array(fc.nat()), (text, cuts) => {
        const reader = read(...cutAnywhere(text, cuts))
        reader.end()
        expect(reader.state).toBe('complete')
        expect(reader.value).toEqual(JSON.parse(text))
      }),
    )
  })

  test('what JSON.parse refuses is not complete, and what it takes is', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u0a1.-eE+ \ntrufalsn') })
    fc.assert(
      fc.property(texts, (text) => {
        const reader = read(...text)
        reader.end()
        expect(reader.state === 'complete').toBe(isJson(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('every prefix is a part of the whole', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const reader = createJsonReader()
        for (const letter of text) {
          reader.push(letter)
          expect(reader.state).not.toBe('invalid')
        }
      }),
    )
  })
})

describe('while it is written', () => {
  test.each<[string, unknown, (string | number)[], string]>([
    ['', undefined, [], 'empty'],
    [' {', {}, [], 'open'],
    ['{"a', {}, [], 'open'],
    ['{"a":', {}, ['a'], 'open'],
    ['{"a":"x', { a: 'x' }, ['a'], 'open'],
    ['{"a":"x\\', { a: 'x' }, ['a'], 'open'],
    ['{"a":"x\\u00e', { a: 'x' }, ['a'], 'open'],
    ['{"a":1', {}, ['a'], 'open'],
    ['{"a":1,', { a: 1 }, [], 'open'],
    ['{"a":[1,{"b":"', { a: [1, { b: '' }] }, ['a', 1, 'b'], 'open'],
    ['{"a":[1,2]}', { a: [1, 2] }, [], 'complete'],
    ['{"":"x', { '': 'x' }, [''], 'open'],
    ['[tru', [], [0], 'open'],
    ['{"a":1}{', { a: 1 }, [], 'invalid'],
    ['{"a":1}\n', { a: 1 }, [], 'complete'],
    ['["a\n', ['a'], [0], 'invalid'],
    ['[01]', [], [0], 'invalid'],
    ["{'a'", {}, [], 'invalid'],
    ['12', undefined, [], 'open'],
  ])('%j', (text, value, path, state) => {
    const reader = read(text)
    expect(reader.value).toEqual(value)
    expect(reader.state).toBe(state)
    if (state !== 'invalid') expect(reader.path).toEqual(path)
  })

  test('the value grows in place', () => {
    const reader = read('{"a":[')
    const { value } = reader
    reader.push('1,2]}')
    expect(reader.value).toBe(value)
  })
})

describe('safety', () => {
  test('no key reaches a prototype', () => {
    const { value } = read(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    )
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('depth has a bound', () => {
    expect(read('['.repeat(256)).state).toBe('open')
    expect(read('['.repeat(257)).state).toBe('invalid')
    expect(createJsonReader({ maxDepth: 1 })).toMatchObject({ state: 'empty' })
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
