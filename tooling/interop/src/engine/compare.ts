import { diff as diffLines } from 'node:util'
import { listRecordings, loadRecording } from '@tesserae/testkit/recordings'
import { exactLines, meaningLines, shapeLines } from './normalise.ts'
import type { Recorded } from './run-cases.ts'

/** The committed recordings, among those of the testkit. */
const FOLDER = 'llama-server/'

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
export function compare({ name, of, transcript }: Recorded): Comparison {
  if (!names().includes(name)) return { name, state: 'new', lines: [] }
  const linesOf = of.compare === 'shape' ? shapeLines : exactLines
  const lines = diff(linesOf(loadRecording(FOLDER + name)), linesOf(transcript))
  return { name, state: lines.length === 0 ? 'same' : 'changed', lines }
}

/**
 * The same for the meaning alone, which a newer engine should not change whatever else it does; of what is sampled or cut
 * at no fixed place, the kind alone.
 */
export function meaningDifference({ name, of, transcript }: Recorded): DiffLine[] {
  const before = loadRecording(FOLDER + name).meaning
  const after = transcript.meaning
  if (of.compare !== 'shape') return diff(meaningLines(before), meaningLines(after))
  return diff([`${before?.kind} ${before?.ended}`], [`${after?.kind} ${after?.ended}`])
}

/** The names of those recordings that are there and were not made this time. */
export function missing(made: readonly string[]): string[] {
  return names().filter((name) => !made.includes(name))
}

function names(): string[] {
  const all = listRecordings().filter((name) => name.startsWith(FOLDER))
  return all.map((name) => name.slice(FOLDER.length))
}
