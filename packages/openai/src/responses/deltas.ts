import type { ResponseDelta } from './accumulator-types.ts'
import type { TextAnnotation } from './types.ts'
import { isWire, listIn, pieceOf, type Wire } from './wire.ts'

/** The calls that the caller runs. */
export const TOOL_CALLS: readonly string[] = ['function_call', 'custom_tool_call']

/** The delta for a piece of the text of a part. */
export function partDelta(
  type: string,
  item: number,
  part: number,
  delta: string,
): ResponseDelta | undefined {
  if (delta === '') return undefined
  if (type === 'output_text') return { type: 'text', item, part, delta }
  if (type === 'refusal' || type === 'command') return { type, item, part, delta }
  const summary = type === 'summary_text'
  return summary || type === 'reasoning_text'
    ? { type: 'reasoning', item, part, summary, delta }
    : undefined
}

/** The delta for a piece of a text of an item. */
export function fieldDelta(
  kind: string,
  field: string,
  item: number,
  delta: string,
): ResponseDelta | undefined {
  if (delta === '') return undefined
  if (TOOL_CALLS.includes(kind)) return { type: 'tool-call-arguments', item, delta }
  if (kind === 'mcp_call') return { type: 'mcp-arguments', item, delta }
  return field === 'code' || field === 'diff' ? { type: field, item, delta } : undefined
}

/** What a whole text adds to the text that was streamed. A text that contradicts it adds nothing. */
export function remainder(streamed: unknown, whole: unknown): string {
  const [before, after] = [pieceOf(streamed), pieceOf(whole)]
  return after.startsWith(before) ? after.slice(before.length) : ''
}

/** What an item adds to an earlier state of it. */
export function* deltasBetween(before: Wire, after: Wire, item: number): Generator<ResponseDelta> {
  for (const list of ['summary', 'content']) {
    const streamed = listIn(before[list])
    for (const [part, whole] of listIn(after[list]).entries())
      if (isWire(whole)) yield* partDeltas(streamed[part], whole, item, part)
  }
  const kind = String(after['type'])
  for (const field of ['arguments', 'input', 'code']) {
    if (typeof after[field] !== 'string') continue
    const delta = fieldDelta(kind, field, item, remainder(before[field], after[field]))
    if (delta) yield delta
  }
}

function* partDeltas(
  streamed: unknown,
  whole: Wire,
  item: number,
  part: number,
): Generator<ResponseDelta> {
  const type = String(whole['type'])
  const before = isWire(streamed) && streamed['type'] === type ? streamed : {}
  const field = type === 'refusal' ? 'refusal' : 'text'
  const delta = partDelta(type, item, part, remainder(before[field], whole[field]))
  if (delta) yield delta
  const told = listIn(before['annotations']).length
  for (const annotation of listIn(whole['annotations']).slice(told))
    yield { type: 'annotation', item, part, annotation: annotation as TextAnnotation }
}
