import type { AreaTable } from '../tables.ts'
import type { EncoderResult, FieldResult } from './run-peer.ts'

export const encoderTable: AreaTable<EncoderResult> = {
  columns: [
    ['encoder', 'text'],
    ['version', 'text'],
    ['event', 'text'],
    ['id', 'text'],
    ['data', 'text'],
    ['comment', 'text'],
    ['retry', 'text'],
  ],
  cells: ({ fields: { event, id, data, text, comment, retry } }) => [
    cell(event),
    cell(id),
    text === undefined ? cell(data) : `${cell(data)} JSON, ${cell(text)} text`,
    cell(comment),
    cell(retry),
  ],
  better: (a, b) => injectable(a) - injectable(b) || altered(a) - altered(b),
}

function injectable({ fields }: EncoderResult): number {
  return Object.values(fields).filter(({ injected }) => injected > 0).length
}

/** Whether a string lets something in, where a string belongs: `retry` is a number in all their types. */
export function isOpen({ fields }: EncoderResult): boolean {
  return Object.entries(fields).some(([field, { injected }]) => field !== 'retry' && injected > 0)
}

/** How many values come back as others. */
export function altered({ fields }: EncoderResult): number {
  return Object.values(fields).reduce((sum, { altered }) => sum + altered.length, 0)
}

function cell(result: FieldResult | undefined): string {
  if (result === undefined) return '–'
  if (result.injected > 0) return `✗ ${result.by.map((end) => end.replace(' ', '')).join(' ')}`
  if (result.altered.length > 0) return `~ ${result.altered.length} of ${result.trials}`
  return '✓'
}
