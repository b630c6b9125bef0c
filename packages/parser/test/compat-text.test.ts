import { createParser, type ParserConfig } from '@tesserae/parser/compat'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'

// Ordinary blocks of text are read without the scanner. Bytes never are, so both have to come to the same calls.

const LINES = [
  'data: a',
  'data: b',
  'data:c',
  'data',
  'data: é',
  'event: e',
  'event:',
  'id: 1',
  'id',
  'id: a\0b',
  ': c',
  ':',
  'retry: 5',
  'x: y',
  'dat',
  'data : no',
  '\u{feff}data: m',
  'eventually',
  'ide: 1',
]
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('data: a', 'data: b', 'event: e', 'id: 1') },
  fc.constantFrom(...LINES),
  { weight: 3, arbitrary: fc.constant('') },
)
const end = fc.oneof({ weight: 12, arbitrary: fc.constant('\n') }, fc.constantFrom('\r\n', '\r'))
const text = fc.array(fc.tuple(line, end), { maxLength: 30 }).map((lines) => lines.flat().join(''))
const cuts = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 })
const callbacks = fc.subarray(['onComment', 'onRetry', 'onError', 'onId'] as const)
const deed = fc.constantFrom('throw', 'feed', 'reset', 'consume', undefined)

interface Run {
  readonly text: string
  readonly cuts: readonly number[]
  readonly callbacks: readonly string[]
  /** What is done at the third event. */
  readonly deed: string | undefined
}

function callsOf(run: Run, as: (text: string) => string | Uint8Array): unknown[][] {
  const calls: unknown[][] = []
  const config: Record<string, unknown> = {}
  for (const name of run.callbacks)
    config[name] = (value: { type?: string; field?: string }) =>
      void calls.push([name, value.type ?? value, value.field])
  let events = 0
  const parser = createParser({
    ...(config as ParserConfig),
    onEvent(event) {
      calls.push(['event', event])
      if (++events !== 3) return
      if (run.deed === 'throw') throw new Error('in a callback')
      if (run.deed === 'feed') parser.feed(as('data: fed\n\ndata: cut'))
      if (run.deed === 'reset') parser.reset()
      if (run.deed === 'consume') parser.reset({ consume: true })
    },
  })
  let rest = run.text
  for (const size of [...run.cuts, Infinity]) {
    try {
      parser.feed(as(rest.slice(0, size)))
    } catch (error) {
      calls.push(['thrown', (error as Error).message])
    }
    rest = rest.slice(size)
  }
  parser.reset({ consume: true })
  return calls
}

test('text is read as its bytes are, however it is cut and whatever callbacks do', () => {
  fc.assert(
    fc.property(fc.record({ text, cuts, callbacks, deed }), (run) => {
      expect(callsOf(run, (part) => part)).toEqual(callsOf(run, utf8))
    }),
    { numRuns: 20 * (fc.readConfigureGlobal().numRuns ?? 100) },
  )
})
