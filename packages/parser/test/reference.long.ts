import { createParser } from '@tesserae/parser'
import { referenceParse } from '@tesserae/testkit'
import fc from 'fast-check'
import { test } from 'vitest'
import { largeStream } from './support/large-streams.ts'
import { expectSame, parse, sorted } from './support/outcome.ts'
import { anyReading, asPlanned, readAsPlanned } from './support/reading.ts'
import { anyStream, cutAnywhere, cutStream } from './support/streams.ts'

// A hundred thousand runs of each where `FC_RUNS` is at its default of 100, a million with `FC_RUNS=1000`.
const numRuns = 1_000 * (fc.readConfigureGlobal().numRuns ?? 100)

test('everything that comes out is what the reference says', () => {
  fc.assert(
    fc.property(cutStream(anyStream()), ({ bytes, chunks }) => {
      expectSame(parse(chunks), sorted(referenceParse(bytes)))
    }),
    { numRuns },
  )
})

test('events read are those of the reference, in whatever order and how often', () => {
  fc.assert(
    fc.property(cutStream(anyStream()), anyReading(), ({ bytes, chunks }, reading) => {
      const found = readAsPlanned(createParser(), chunks, reading)
      expectSame(found, asPlanned(referenceParse(bytes).events, reading))
    }),
    { numRuns },
  )
})

test('in large chunks too', () => {
  fc.assert(
    fc.property(largeStream(), cutAnywhere(4), anyReading(), ({ bytes, events }, cut, reading) => {
      const found = readAsPlanned(createParser(), cut(bytes), reading)
      expectSame(found, asPlanned(events, reading))
    }),
    { numRuns: numRuns / 50 },
  )
})
