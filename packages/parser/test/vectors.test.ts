import { referenceParse } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { expectForEveryCut, parse, sorted } from './support/outcome.ts'

test('there are 118 of them', () => {
  expect(vectors).toHaveLength(118)
})

describe('every vector at every cut', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const { events, retries, comments, lastEventId } = vector
    // What vectors do not say, the reference does.
    const said = sorted(referenceParse(vector.bytes))
    const expected = { ...said, events, retries, comments, lastEventId }
    expectForEveryCut(vector.bytes, expected, (chunks) => parse(chunks))
  })
})
