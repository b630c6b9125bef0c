import {
  addToChecksum,
  type CollectedEvent,
  type Outcome,
  type TimedParser,
} from '@tooling/conformance/timed/work'
import { type Case, ours, peer, type Workload } from '../case.ts'
import { searchedName, shapes } from '../shapes.ts'
import { type Chunking, cut, type Stream } from '../streams.ts'

/** The shapes that most streams have, and those that cost most. */
const alone: readonly (readonly [shape: string, ...chunkings: Chunking[]])[] = [
  ['openai', 'each', '1k', '16k', '64k'],
  ['openai-crlf', 'each', '1k', '16k', '64k'],
  ['openai-one-cjk', 'each', '1k', '16k', '64k'],
  ['tiny', '1k', '64k'],
  ['responses', 'each', '16k'],
  ['comments-only', '16k'],
  ['1m', 'packet'],
]

/** Each in a process of its own. */
export const parserCases: readonly Case<TimedParser>[] = alone.flatMap(([shape, ...sizes]) =>
  bothWorks(`parser/${shape}`, shapes.get(shape)!, sizes),
)

/** Of the mixed mode: every shape in every chunking. */
export const mixedParserCases: readonly Case<TimedParser>[] = [...shapes].flatMap(([shape, make]) =>
  bothWorks(`parser-mixed/${shape}`, make, ['each', 'packet', '4k', '16k', '64k']),
)

function bothWorks(
  name: string,
  make: () => Stream,
  sizes: readonly Chunking[],
): Case<TimedParser>[] {
  return sizes.flatMap((size) =>
    (['read', 'unread'] as const).map((work) => ({
      name: `${name}/${size}/${work}`,
      families: size === 'each' && work === 'read' ? ['live', 'read'] : [work],
      ours: ours('@tesserae/parser', 'tesserae-parser'),
      peer: peer('eventsource-parser', 'eventsource-parser'),
      workload: () => workload(make(), size, work),
    })),
  )
}

function workload(stream: Stream, size: Chunking, work: 'read' | 'unread'): Workload<TimedParser> {
  const chunks = cut(stream, size)
  const name = stream.events.some(({ event }) => event === searchedName) ? searchedName : undefined
  const searched = stream.events.filter(({ event }) => event === name)
  return {
    events: stream.blocks.length,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    faultOf: (code) => difference(code.collect(chunks), stream.events),
    ...(work === 'read'
      ? { outcome: outcomeOf(stream.events), run: (code) => code.read(chunks) }
      : {
          outcome: { events: searched.length, checksum: 0 },
          run: (code) => code.unread(chunks, name),
        }),
  }
}

/** What reading these events comes to. */
export function outcomeOf(events: readonly Pick<CollectedEvent, 'data'>[]): Outcome {
  const checksum = events.reduce((sum, { data }) => addToChecksum(sum, data), 0)
  return { events: events.length, checksum }
}

/** What is first found to differ from what was meant, in words. */
export function difference(
  got: readonly CollectedEvent[],
  meant: readonly CollectedEvent[],
): string | undefined {
  for (let i = 0; i < Math.max(got.length, meant.length); i++) {
    const [mine, right] = [JSON.stringify(got[i]), JSON.stringify(meant[i])]
    if (mine !== right)
      return `event ${i} of ${meant.length} is ${excerpt(mine, right)}, not ${excerpt(right, mine)}`
  }
  return undefined
}

/** Where it begins to differ from the other. */
function excerpt(text = 'missing', other = ''): string {
  let start = 0
  while (start < text.length && text[start] === other[start]) start++
  return start < 20 ? text.slice(0, 60) : `…${text.slice(start - 20, start + 40)}`
}
