import { expect, test } from 'vitest'
import * as arbitraries from '@tesserae/testkit/arbitraries'
import * as testkit from '@tesserae/testkit'
import * as vectors from '@tesserae/testkit/vectors'

// A name that comes or goes is a decision, and shows in the diff of this file.

test('the testkit exports', () => {
  expect(Object.keys(testkit).sort()).toEqual([
    'TestkitError',
    'byteByByte',
    'cuts',
    'endless',
    'everyCut',
    'everyPairOfCuts',
    'fitExponent',
    'inChunksOf',
    'manualClock',
    'measureExponent',
    'recogniseQuadratic',
    'referenceDecode',
    'referenceParse',
    'seededCuts',
    'sourceOf',
    'watchedSignal',
    'withEmptyChunks',
  ])
})

test('the arbitraries export', () => {
  expect(Object.keys(arbitraries).sort()).toEqual([
    'CHAT_FEATURES',
    'CHAT_QUIRKS',
    'anyCompletion',
    'chunkStream',
    'hostileEvent',
    'illTypedEvent',
    'mutatedSseBytes',
    'sseBytesAndCuts',
    'sseEvent',
    'sseStream',
  ])
})

test('the vectors export', () => {
  expect(Object.keys(vectors).sort()).toEqual(['readVectors', 'vectors'])
})
