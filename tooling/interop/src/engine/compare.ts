import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { diff as diffLines } from 'node:util'
import { readTranscript, type Transcript } from '@tesserae/testkit/transcript'
import { exactLines, meaningLines, shapeLines } from './normalise.ts'
import type { Recorded } from './run-cases.ts'

/** Where the committed recordings are. */
export const committed: string = path.resolve(
  import.meta.dirname,
  '../../../../packages/testkit/data/recordings/llama-server',
)

/** A line that only one of two texts has, with the sign of the one that has it. */
export type DiffLine = `- ${string}` | `+ ${string}`

/** The fewest lines to take away from one text and to add to it that make the other of it. */
export function diff(before: readonly string[], after: readonly string[]): DiffLine[] {
  // Node 24 throws over two empty lists.
  if (before.length + after.length === 0) return []
  return diffLines(before, after).flatMap(([side, line]): DiffLine[] =>
    side === 0 ? [] : [side === 1 ? `- ${line}` : `+ ${line}`],
  )
}

export interface Comparison {
  readonly name: string
  readonly state: 'same' | 'changed' | 'new'
  readonly lines: readonly DiffLine[]
}

/** What is different in a new recording from the committed one of the same name. */
export function compare(
  { name, of, transcript }: Recorded,
  folder: string = committed,
): Comparison {
  const file = fileOf(name, folder)
  if (!existsSync(file)) return { name, state: 'new', lines: [] }
  const linesOf = of.compare === 'shape' ? shapeLines : exactLines
  const lines = diff(linesOf(loadTranscript(file)), linesOf(transcript))
  return { name, state: lines.length === 0 ? 'same' : 'changed', lines }
}

/**
 * The same for the meaning alone, which a newer engine should not change whatever else it does; of what is sampled or cut
 * at no fixed place, the kind alone.
 */
export function meaningDifference(
  { name, of, transcript }: Recorded,
  folder: string = committed,
): DiffLine[] {
  const before = loadTranscript(fileOf(name, folder)).meaning
  const after = transcript.meaning
  if (of.compare !== 'shape') return diff(meaningLines(before), meaningLines(after))
  return diff([`${before?.kind} ${before?.ended}`], [`${after?.kind} ${after?.ended}`])
}

/** The names of those recordings that are there and were not made this time. */
export function missing(made: readonly string[], folder: string = committed): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).map((file) => file.replace(/\.transcript$/, ''))
  return names.filter((name) => !made.includes(name)).toSorted()
}

export function fileOf(name: string, folder: string): string {
  return path.join(folder, `${name}.transcript`)
}

function loadTranscript(file: string): Transcript {
  return readTranscript(readFileSync(file, 'utf8'))
}
