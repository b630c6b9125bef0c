import { referenceParse } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { expectForEveryCut, parse } from './outcome.ts'

test('there are 118 of them', () => {
  expect(vectors).toHaveLength(118)
})

describe('every vector at every cut', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const { events, retries, comments, lastEventId } = vector
    const expected = { events, retries, comments, lastEventId }
    expectForEveryCut(vector.bytes, expected, (chunks) => {
      const { events, retries, comments, lastEventId } = parse(chunks)
      return { events, retries, comments, lastEventId }
    })
    // What vectors do not say, the reference does.
    const { unknownFields, pending } = referenceParse(vector.bytes)
    const fields = pending && { ...pending, fields: pending.fields.toSorted() }
    expectForEveryCut(vector.bytes, { unknownFields, pending: fields }, (chunks) => {
      const { unknownFields, pending } = parse(chunks)
      return { unknownFields, pending }
    })
  })
})
