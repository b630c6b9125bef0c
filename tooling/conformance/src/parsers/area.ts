import { byteByByte, everyCut } from '@tesserae/testkit'
import { type Vector, vectors } from '@tesserae/testkit/vectors'
import type { Area } from '../area.ts'
import { within } from '../within.ts'
import { compare } from './compare.ts'
import type { ParserPeer } from './peer.ts'
import { peers } from './peers.ts'
import { topicOf } from './topics.ts'

export interface ParserResult {
  readonly vectors: number
  /** How many are right in one piece; at each cut in two and byte by byte as well. */
  readonly whole: number
  readonly everyCut: number
  /** Of each vector that is not right, how it first went wrong. */
  readonly wrong: Readonly<Record<string, Wrong>>
}

interface Wrong {
  readonly in: string
  readonly fault: string
}

export const parsers: Area<ParserPeer, ParserResult> = {
  peers,
  run: runPeer,
  readme: 'packages/parser/README.md',
  title: 'parser',
  columns: [['right in one piece', 'number'], ['right at every cut', 'number'], 'wrong about'],
  cells: (result) => [
    `${result.whole} of ${result.vectors}`,
    `${result.everyCut}`,
    aboutWhat(result),
  ],
  better: (a, b) => b.everyCut - a.everyCut || b.whole - a.whole,
}

export async function runPeer(peer: ParserPeer): Promise<ParserResult> {
  const its = await peer.load()
  const wrong: Record<string, Wrong> = {}
  for (const vector of vectors) {
    const first = await firstFault(peer, its, vector)
    if (first !== undefined) wrong[vector.name] = first
  }
  const faults = Object.values(wrong)
  return {
    vectors: vectors.length,
    whole: vectors.length - faults.filter((fault) => fault.in === 'one piece').length,
    everyCut: vectors.length - faults.length,
    wrong,
  }
}

async function firstFault(
  peer: ParserPeer,
  its: unknown,
  vector: Vector,
): Promise<Wrong | undefined> {
  const ways = [
    { name: 'one piece', chunks: [vector.bytes] },
    { name: 'single bytes', chunks: byteByByte(vector.bytes) },
    ...everyCut(vector.bytes),
  ]
  for (const { name, chunks } of ways) {
    try {
      const found = await within(2000, peer.use(its, chunks))
      const fault = found === undefined ? 'hangs' : compare(peer, vector, found)
      if (fault !== undefined) return { in: name, fault }
    } catch {
      return { in: name, fault: 'throws' }
    }
  }
  return undefined
}

/** More would be too long to read. */
const shown = 4

/** Counts by topic, the most frequent first; what is handed on unfinished is a topic of its own. */
function aboutWhat({ wrong }: ParserResult): string {
  const topics = Map.groupBy(Object.entries(wrong), ([vector, { fault }]) =>
    fault === 'unfinished' ? 'unfinished events' : topicOf(vector),
  )
  const counts = [...topics]
    .map(([topic, { length }]) => [topic, length] as const)
    .toSorted(([, a], [, b]) => b - a)
  const rest = counts.slice(shown).reduce((sum, [, count]) => sum + count, 0)
  return [...counts.slice(0, shown), ...(rest > 0 ? [['other', rest] as const] : [])]
    .map(([topic, count]) => `${topic} ${count}`)
    .join(', ')
}
