import { describe, expect, it } from 'vitest'
import { readPasted } from '../page/stream/pasted.ts'
import { visible } from '../page/views/visible.ts'

const textOf = (text: string): string => new TextDecoder().decode(readPasted(text).bytes)

describe('what is pasted', () => {
  it.each([
    'data: {"a":1}\n\ndata: {"b":1}\n\n',
    '{"a":1}',
    '{\n  "a": 1\n}',
    '{"a":1}\n{"b":',
    '{"a":1}\nno object\n',
    '[1]\n[2]\n',
    '<!doctype html>\n<p>',
    '',
  ])('stays as it is: %j', (text) => {
    expect(textOf(text)).toBe(text)
    expect(readPasted(text).note).toBe('')
  })

  it('becomes events where it is lines of JSON, and is said to', () => {
    expect(textOf('{"a":1}\r\n\n {"b":2}\n')).toBe('data: {"a":1}\n\ndata: {"b":2}\n\n')
    expect(readPasted('{"a":1}\n{"b":2}').note).toContain('“data: ” was written before each')
  })
})

describe('a text that is shown', () => {
  it.each([
    ['two\n\tlines, Grüße, 東京 👩‍🚀', 'two\n\tlines, Grüße, 東京 👩‍🚀'],
    ['\u202Eevil\u202C', '\\u202eevil\\u202c'],
    ['\u0000\u001B\u007F\u0085\uFEFF', '\\u0000\\u001b\\u007f\\u0085\\ufeff'],
    // A joiner that a cut has left alone.
    ['"\u200D"', '"\\u200d"'],
  ])('hides nothing: %j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })
})
