import { describe, expect, test } from 'vitest'
import { referenceDecode, TestkitError } from '@tesserae/testkit'
import { readVectors, vectors } from '@tesserae/testkit/vectors'

test('there are 118, each with a name of its own', () => {
  expect(vectors.length).toBe(118)
  expect(new Set(vectors.map(({ name }) => name)).size).toBe(118)
})

test('the text is what the bytes say', () => {
  for (const { name, bytes, text } of vectors) expect(referenceDecode(bytes), name).toBe(text)
})

describe('a reader that lets nothing pass', () => {
  const good = {
    name: 'mine:one',
    base64: btoa('data: x\n\n'),
    text: 'data: x\n\n',
    events: [{ data: 'x', lastEventId: '' }],
    retries: [1],
    comments: ['c'],
    lastEventId: '',
  }

  test('reads what is well-formed', () => {
    expect(readVectors([good])).toEqual([
      {
        name: 'mine:one',
        bytes: new TextEncoder().encode('data: x\n\n'),
        text: 'data: x\n\n',
        events: [{ event: undefined, data: 'x', id: undefined, lastEventId: '' }],
        retries: [1],
        comments: ['c'],
        lastEventId: '',
      },
    ])
    expect(readVectors([])).toEqual([])
  })

  test.each([
    ['no array', {}, 'the file'],
    ['a vector that is not an object', [null], 'vector 0'],
    ['a vector that is an array', [[]], 'vector 0'],
    ['a missing key', [{ ...good, comments: undefined }], 'vector 0.comments'],
    ['an unknown key', [{ ...good, extra: 1 }], 'vector 0'],
    ['the same name twice', [good, good], 'vector 1.name'],
    ['bytes that are not base64', [{ ...good, base64: '*' }], 'vector 0.base64'],
    ['text that is not a string', [{ ...good, text: 1 }], 'vector 0.text'],
    ['events that are not an array', [{ ...good, events: {} }], 'vector 0.events'],
    [
      'an event without data',
      [{ ...good, events: [{ lastEventId: '' }] }],
      'vector 0.events[0].data',
    ],
    [
      'an event with a type',
      [{ ...good, events: [{ type: 'm', data: '', lastEventId: '' }] }],
      'vector 0.events[0]',
    ],
    [
      'an id that is null',
      [{ ...good, events: [{ id: null, data: '', lastEventId: '' }] }],
      'vector 0.events[0].id',
    ],
    ['a negative retry', [{ ...good, retries: [-1] }], 'vector 0.retries[0]'],
    ['a retry beyond a timer', [{ ...good, retries: [2 ** 31] }], 'vector 0.retries[0]'],
    ['a comment that is not a string', [{ ...good, comments: [null] }], 'vector 0.comments[0]'],
  ])('%s is refused', (_what, json, where) => {
    let caught: unknown
    try {
      readVectors(json)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(TestkitError)
    expect((caught as TestkitError).code).toBe('invalid-vectors')
    expect((caught as TestkitError).message).toContain(`at ${where}.`)
  })
})
