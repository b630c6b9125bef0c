import { createParser } from '@tesserae/parser'
import { referenceParse } from '@tesserae/testkit'
import fc from 'fast-check'
import { test } from 'vitest'
import { largeStream } from './support/large-streams.ts'
import { expectSame, parse, parseInOrder, sorted } from './support/outcome.ts'
import { anyReading, asPlanned, readAsPlanned } from './support/reading.ts'
import { anyStream, cutAnywhere, cutStream } from './support/streams.ts'

// Ten thousand runs and more where `FC_RUNS` is at its default of 100; a million in `reference.long.ts`.
const numRuns = 35 * (fc.readConfigureGlobal().numRuns ?? 100)

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

test('chunks may be written to once they are drained and read', () => {
  fc.assert(
    fc.property(cutStream(anyStream()), ({ bytes, chunks }) => {
      function* overwritten() {
        for (const chunk of chunks) {
          // The memory of a source that has one buffer for all of its chunks.
          const lent = chunk.slice()
          yield lent
          lent.fill(0x0a)
        }
      }
      expectSame(parse(overwritten()), sorted(referenceParse(bytes)))
    }),
    { numRuns },
  )
})

test('whatever is complete comes out at once', () => {
  fc.assert(
    fc.property(anyStream(), (bytes) => {
      const items: unknown[] = []
      const parser = createParser({
        onComment: (comment) => items.push({ comment }),
        onRetry: (retry) => items.push({ retry }),
        onUnknownField: (...unknown) => items.push({ unknown }),
      })
      const all = parseInOrder([bytes]).items
      for (let end = 1; end <= bytes.length; end++) {
        parser.feed(bytes.subarray(end - 1, end))
        for (const { event, data, id, lastEventId } of parser)
          items.push({ event: { event, data, id, lastEventId } })
        const { events, comments, retries, unknownFields } = referenceParse(bytes.subarray(0, end))
        const due = events.length + comments.length + retries.length + unknownFields.length
        expectSame(items, all.slice(0, due))
      }
    }),
    { numRuns: Math.ceil(numRuns / 10) },
  )
})

test('in large chunks too', () => {
  fc.assert(
    fc.property(largeStream(), cutAnywhere(4), anyReading(), ({ bytes, events }, cut, reading) => {
      const found = readAsPlanned(createParser(), cut(bytes), reading)
      expectSame(found, asPlanned(events, reading))
    }),
    { numRuns: Math.ceil(numRuns / 25) },
  )
})
