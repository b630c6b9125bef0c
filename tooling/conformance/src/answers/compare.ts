import { isDeepStrictEqual } from 'node:util'
import type { Aspect, Call, Case, Expected } from './case.ts'
import type { AnswerPeer, Seen } from './peer.ts'

/** `fails`: it reports an error, although the answer is complete. `not shown`: its API has no place for it. */
export type Verdict = 'right' | 'fails' | 'not shown' | `wrong: ${string}`

const limitedEnds = ['incomplete', 'length', 'content-filter', 'content_filter']
const incompleteEnds = [...limitedEnds, 'max_output_tokens']
/** The words with which the peers say that an answer ended as its server meant it. */
const usualEnds = ['completed', 'stop', 'tool_calls', 'tool-calls', ...limitedEnds]

/** @param outcome - what the peer showed, or an `Error` if it threw */
export function compare(
  peer: AnswerPeer,
  { expected }: Pick<Case, 'expected'>,
  outcome: Seen | Error,
): Verdict {
  const seen: Seen = outcome instanceof Error ? { error: outcome } : outcome
  if (expected.end === 'error') return seen.error === undefined ? 'wrong: no error' : 'right'
  if (expected.end === 'cut')
    return seen.error !== undefined || !usualEnds.includes(`${seen.finish}`)
      ? 'right'
      : 'wrong: nothing tells that it was cut'
  if (seen.error !== undefined) return 'fails'
  const aspects = Object.keys(expected) as Aspect[]
  if (peer.lacks.includes(aspects[0] as Aspect)) return 'not shown'
  const wrong = aspects.filter(
    (aspect) => !peer.lacks.includes(aspect) && !isRight(aspect, expected, seen),
  )
  return wrong.length === 0 ? 'right' : `wrong: ${wrong.join(', ')}`
}

function isRight(aspect: Aspect, expected: Expected, seen: Seen): boolean {
  switch (aspect) {
    case 'end':
      return incompleteEnds.includes(`${seen.finish}`) === (expected.end === 'incomplete')
    case 'finish':
      return `${seen.finish}`.replace('-', '_') === expected.finish
    case 'text':
    case 'reasoning':
    case 'refusal':
      return (seen[aspect] ?? '') === expected[aspect]
    case 'tools':
    case 'customTools': {
      const [wanted, found] = [expected[aspect] ?? [], seen[aspect] ?? []]
      return found.length === wanted.length && wanted.every((call, at) => isSame(call, found[at]))
    }
    case 'functionCall':
      return isSame(expected.functionCall as Call, seen.functionCall)
    case 'output':
      return isDeepStrictEqual(seen.output, expected.output)
    default:
      return isDeepStrictEqual(withoutUndefined(seen[aspect]), expected[aspect])
  }
}

function isSame([id, name, args]: Call, found: Call | undefined): boolean {
  return (
    found !== undefined &&
    (id === null || id === undefined || id === found[0]) &&
    name === found[1] &&
    isDeepStrictEqual(valueOf(args), valueOf(found[2]))
  )
}

/** JSON is compared by its value, because some peers give arguments parsed. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
