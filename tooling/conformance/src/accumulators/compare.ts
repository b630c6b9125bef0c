import { isDeepStrictEqual } from 'node:util'
import type { Aspect, Call, Case, Expected } from './case.ts'
import type { AccumulatorPeer, Seen } from './peer.ts'

/** `right`; `wrong: …`, and about what; `fails`: by an error, though nothing went wrong; `not shown`: for want of a place. */
export type Verdict = 'right' | 'fails' | 'not shown' | `wrong: ${string}`

/** The words that end an answer as its maker meant it, of all peers. */
const usualEnds = ['stop', 'length', 'tool_calls', 'tool-calls', 'content_filter', 'content-filter']

/**
 * @param outcome what the peer showed, or an `Error` if it threw
 */
export function compare(peer: AccumulatorPeer, { expected }: Case, outcome: Seen | Error): Verdict {
  const seen = outcome instanceof Error ? { error: outcome } : outcome
  if (expected.error) return seen.error === undefined ? 'wrong: no error' : 'right'
  if (expected.cut)
    return seen.error !== undefined || !usualEnds.includes(seen.finish as string)
      ? 'right'
      : 'wrong: nothing tells that it was cut'
  if (seen.error !== undefined) return 'fails'
  const aspects = Object.keys(expected) as Aspect[]
  // What a case is about comes first in it.
  if (peer.lacks.includes(aspects[0] as Aspect)) return 'not shown'
  const wrong = aspects.filter(
    (aspect) => !peer.lacks.includes(aspect) && !isRight(aspect, expected, seen),
  )
  return wrong.length === 0 ? 'right' : `wrong: ${wrong.join(', ')}`
}

function isRight(aspect: Aspect, expected: Expected, seen: Seen): boolean {
  const theirs = (seen as Expected)[aspect]
  if (aspect === 'content') return (theirs ?? '') === expected.content
  if (aspect === 'finish') return `${theirs}`.replace('-', '_') === expected.finish
  if (aspect === 'functionCall')
    return theirs !== undefined && sameCall(expected.functionCall as Call, theirs as Call)
  if (aspect === 'tools' || aspect === 'customTools') {
    const calls = (theirs ?? []) as readonly Call[]
    const wanted = expected[aspect] as readonly Call[]
    return (
      calls.length === wanted.length &&
      wanted.every((call, at) => sameCall(call, calls[at] as Call))
    )
  }
  return isDeepStrictEqual(plain(theirs), expected[aspect])
}

function sameCall([id, name, args]: Call, [theirId, theirName, theirArgs]: Call): boolean {
  return (
    (id === undefined || id === theirId) &&
    name === theirName &&
    isDeepStrictEqual(valueOf(args), valueOf(theirArgs))
  )
}

/** JSON is compared as what it says, since some give arguments parsed; anything else as it stands. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Without keys that hold `undefined`, which say nothing. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
