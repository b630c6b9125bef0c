import { referenceParse } from '@tesserae/testkit'
import type { Vector } from '@tesserae/testkit/vectors'
import type { Found, FoundEvent, ParserPeer } from './peer.ts'

/**
 * What is the first thing wrong with what was found. `unfinished`: all is right but that an event is handed on which
 * the stream broke off in. The standard discards it; some hand it on so as to lose nothing, and say so.
 */
export type Fault = 'number of events' | 'data' | 'name' | 'id' | 'retry' | 'unfinished'

const longestWait = 2 ** 31 - 1

export function compare(peer: ParserPeer, vector: Vector, found: Found): Fault | undefined {
  const fault = difference(peer, vector, found)
  if (fault === undefined) return undefined
  const finished = new Uint8Array([...vector.bytes, 10, 10])
  const { events, retries } = referenceParse(finished)
  const isUnfinished =
    events.length > vector.events.length &&
    difference(peer, { events, retries: found.retries ?? retries }, found) === undefined
  return isUnfinished ? 'unfinished' : fault
}

type Expected = Pick<Vector, 'events' | 'retries'>

function difference({ shows }: ParserPeer, expected: Expected, found: Found): Fault | undefined {
  const { unnamed, id, retry, json } = shows
  const events = json ? expected.events.filter(({ data }) => data !== '[DONE]') : expected.events
  if (found.events.length !== events.length) return 'number of events'
  for (const [index, event] of events.entries()) {
    const its = found.events[index] as FoundEvent
    if (its.data !== (json ? asJson(event.data) : event.data)) return 'data'
    if (unnamed !== undefined && nameOf(its.event, unnamed.is) !== nameOf(event.event, unnamed.is))
      return 'name'
    if (
      id !== undefined &&
      its.id !== (id.of === 'block' ? (event.id ?? id.none) : event.lastEventId)
    )
      return 'id'
  }
  // A number above what a timer can wait for may be cut, or not: the standard sets no bound.
  const retries = found.retries?.map((each) => Math.min(each, longestWait))
  if (retry && `${retries}` !== `${expected.retries}`) return 'retry'
  return undefined
}

/** No name is `undefined`, whatever the peer says for it; an empty one is none, as any caller would take it. */
function nameOf(name: unknown, unnamed: unknown): unknown {
  return name === unnamed || name === '' ? undefined : name
}

/** As it looks after a parser of JSON, which leaves text that is none alone. */
function asJson(data: string): string {
  try {
    return JSON.stringify(JSON.parse(data))
  } catch {
    return data
  }
}
