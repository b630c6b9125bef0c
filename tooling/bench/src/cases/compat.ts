import type { TimedTextParser } from '@tooling/conformance/timed/work'
import { type Case, ours, peer } from '../case.ts'
import { shapes } from '../shapes.ts'
import { cut } from '../streams.ts'
import { difference, outcomeOf } from './parser.ts'

const names = ['openai', 'cjk-600', 'anthropic', 'id-event-data', 'four-data-lines', 'tiny']
const sizes = ['each', 'packet', '16k'] as const

/** `/compat` in the place of what it replaces: both are fed text that was decoded before. */
export const compatCases: readonly Case<TimedTextParser>[] = names.flatMap((name) =>
  sizes.map((size) => ({
    name: `compat/${name}/${size}/read`,
    families: ['compat'],
    ours: ours('@tesserae/parser/compat', 'tesserae-compat'),
    peer: peer('eventsource-parser', 'eventsource-parser-text'),
    workload() {
      const stream = shapes.get(name)!()
      const decoder = new TextDecoder()
      const chunks = cut(stream, size).map((chunk) => decoder.decode(chunk, { stream: true }))
      return {
        events: stream.blocks.length,
        bytes: stream.blocks.reduce((sum, block) => sum + Buffer.byteLength(block), 0),
        faultOf: (code) => difference(code.collectText(chunks), stream.events),
        outcome: outcomeOf(stream.events),
        run: (code) => code.readText(chunks),
      }
    },
  })),
)
