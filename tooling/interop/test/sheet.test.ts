import { expect, it } from 'vitest'
import { Sheet } from './support/sheet.ts'

it('counts what is equal, in the order in which it came', () => {
  const sheet = new Sheet()
  sheet.compare('messages', 'a', { one: 1, two: undefined }, { one: 1 })
  sheet.compare('sequences', 'a', [1, 2], [1, 2])
  sheet.compare('messages', 'b', null, null)
  sheet.delay(1.26)
  sheet.delay(0.5)
  expect(sheet.summary()).toBe('2 messages, 1 sequence, first event after 1.3 ms')
  expect(sheet.passed).toBe(true)
})

it('says once what is known, and holds to it', () => {
  const sheet = new Sheet()
  for (const way of ['CR', 'gzip'])
    sheet.compare('messages', `a, ${way}`, 'half', 'half', 'half is lost')
  expect(sheet.summary()).toBe('2 as known')
  expect(sheet.notes()).toEqual(['a, CR, and 1 more: half is lost'])
  sheet.compare('messages', 'b', 'whole', 'half', 'half is lost')
  expect(sheet.failures).toEqual(['messages, b: it is "whole", not "half"'])
})

it('names the first place that differs, and what stands there', () => {
  const differs = (actual: unknown, expected: unknown): string | undefined => {
    const sheet = new Sheet()
    sheet.compare('messages', 'a', actual, expected)
    return sheet.failures[0]
  }
  expect(differs({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toBe('messages, a: a.0.b is 1, not 2')
  expect(differs({ a: 1 }, {})).toBe('messages, a: a is 1, not missing')
  expect(differs([1], [1, 2])).toBe('messages, a: 1 is missing, not 2')
  expect(differs(undefined, [])).toBe('messages, a: it is missing, not []')
  const words = 'words '.repeat(50)
  expect(differs(`${words}end`, `${words}END`)).toMatch(
    /^messages, a: it is "….{40}end", not "….{40}END"$/,
  )
})
