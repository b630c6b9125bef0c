import { isDeepStrictEqual } from 'node:util'
import type { ResponseAspect, ResponseCall, ResponseCase } from './case.ts'
import type { ResponsePeer, SeenResponse } from './peer.ts'

/** `right`; `wrong: …`, and about what; `fails`: by an error, although the response is complete. */
export type ResponseVerdict = 'right' | 'fails' | `wrong: ${string}`

/** The words that end a response as its server meant it, of all peers. */
const usualEnds = [
  'completed',
  'incomplete',
  'stop',
  'length',
  'tool-calls',
  'tool_calls',
  'content-filter',
]
const incompleteEnds = [
  'incomplete',
  'length',
  'content-filter',
  'content_filter',
  'max_output_tokens',
]

/**
 * @param outcome - what the peer showed, or an `Error` if it threw
 */
export function compare(
  peer: ResponsePeer,
  { expected }: ResponseCase,
  outcome: SeenResponse | Error,
): ResponseVerdict {
  const seen: SeenResponse = outcome instanceof Error ? { error: outcome } : outcome
  const { end, ...parts } = expected
  if (end === 'error') return seen.error === undefined ? 'wrong: no error' : 'right'
  if (end === 'cut')
    return seen.error !== undefined || !usualEnds.includes(seen.end ?? '')
      ? 'right'
      : 'wrong: nothing tells that it was cut'
  if (seen.error !== undefined) return 'fails'
  const wrong = (Object.keys(parts) as (keyof typeof parts)[]).filter(
    (part) => !peer.lacks.includes(part) && !isRight(part, expected, seen),
  )
  const isIncomplete = incompleteEnds.includes(seen.end ?? '')
  const all: readonly ResponseAspect[] =
    !peer.lacks.includes('end') && isIncomplete !== (end === 'incomplete')
      ? [...wrong, 'end']
      : wrong
  return all.length === 0 ? 'right' : `wrong: ${all.join(', ')}`
}

function isRight(
  part: Exclude<ResponseAspect, 'end'>,
  expected: ResponseCase['expected'],
  seen: SeenResponse,
): boolean {
  if (part === 'text' || part === 'reasoning' || part === 'refusal')
    return (seen[part] ?? '') === expected[part]
  if (part !== 'tools') return isDeepStrictEqual(seen[part], expected[part])
  const [wanted, found] = [expected.tools ?? [], seen.tools ?? []]
  return (
    found.length === wanted.length &&
    wanted.every((call, at) => isSameCall(call, found[at] as ResponseCall))
  )
}

function isSameCall(
  [id, name, args]: ResponseCall,
  [otherId, otherName, otherArgs]: ResponseCall,
): boolean {
  return (
    id === otherId && name === otherName && isDeepStrictEqual(valueOf(args), valueOf(otherArgs))
  )
}

/** JSON is compared by its value, because some give arguments parsed. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
