import type { ResponseDelta } from './accumulator-types.ts'
import type { TextAnnotation } from './types.ts'
import { isWire, listIn, pieceOf, type Wire, wireIn } from './wire.ts'

/** The calls that the caller runs. */
export const TOOL_CALLS: readonly string[] = ['function_call', 'custom_tool_call']

/** The type of the delta for a text, by the type of its part, or by the type of the item that has the text itself. */
const TYPES: ReadonlyMap<string, ResponseDelta['type']> = new Map([
  ['output_text', 'text'],
  ['refusal', 'refusal'],
  ['summary_text', 'reasoning'],
  ['reasoning_text', 'reasoning'],
  ['command', 'command'],
  ['stdout', 'stdout'],
  ['stderr', 'stderr'],
  ['function_call', 'tool-call-arguments'],
  ['custom_tool_call', 'tool-call-arguments'],
  ['mcp_call', 'mcp-arguments'],
  ['code_interpreter_call', 'code'],
  ['apply_patch_call', 'diff'],
])

/** The delta for a piece of a text; `undefined` if it says nothing. */
export function textDelta(
  kind: string,
  item: number,
  part: number | undefined,
  delta: string,
): ResponseDelta | undefined {
  const type = TYPES.get(kind)
  if (type === undefined || delta === '') return undefined
  return {
    type,
    item,
    ...(part !== undefined && { part }),
    ...(type === 'reasoning' && { summary: kind === 'summary_text' }),
    delta,
  } as ResponseDelta
}

/** What a whole text adds to the text that was streamed. A text that contradicts it adds nothing. */
export function remainder(streamed: unknown, whole: unknown): string {
  const [before, after] = [pieceOf(streamed), pieceOf(whole)]
  return after.startsWith(before) ? after.slice(before.length) : ''
}

/** What an item adds to an earlier state of it. */
export function* deltasBetween(
  before: Wire,
  after: Wire,
  item: number,
): Generator<ResponseDelta | undefined> {
  for (const list of ['summary', 'content'])
    for (const [part, whole] of listIn(after[list]).entries()) {
      if (!isWire(whole)) continue
      const kind = String(whole['type'])
      const streamed = wireIn(listIn(before[list])[part])
      const known = streamed['type'] === kind ? streamed : {}
      const field = kind === 'refusal' ? kind : 'text'
      yield textDelta(kind, item, part, remainder(known[field], whole[field]))
      const told = listIn(known['annotations']).length
      for (const annotation of listIn(whole['annotations']).slice(told) as TextAnnotation[])
        yield { type: 'annotation', item, part, annotation }
    }
  for (const field of ['arguments', 'input', 'code'])
    if (typeof after[field] === 'string')
      yield textDelta(
        String(after['type']),
        item,
        undefined,
        remainder(before[field], after[field]),
      )
}
