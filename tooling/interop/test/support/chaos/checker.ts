// What readers of one stream may have received, whatever happened. It knows what sources yield, and nothing of the package.
import { payload } from './settings.ts'

/** An event as a client received it. */
export interface Told {
  readonly event: string | undefined
  readonly data: string
}

/** What one reader received, over all of its connections. */
export interface Seen {
  readonly told: Told[]
  connections: number
  /** Whether it learned that there is nothing more: by the last event, or by 404 for a log that was deleted. */
  isOver: boolean
  /** When the server sent the last of it, at the earliest; on the clock of `Date.now()`. */
  finishedAt: number
}

/** What a scene may end with, beside `end` with all events: the names and data of other last events, or `deleted` for 404. */
export interface Expected {
  readonly name: string
  readonly events: number
  readonly ends: readonly string[]
  /** Whether `end` with all events is a good end too. */
  readonly mayEnd: boolean
  /** When the store forgot something for the last time, or 0. A reader may have to start over; one that had ended before received something else. */
  readonly forgotAt: number
}

interface Final {
  readonly data: readonly string[]
  readonly end: string
}

/** What a client has in the end that starts over at `reset`. */
function finalOf(told: readonly Told[]): Final & { resets: number; afterEnd: string | undefined } {
  let data: string[] = []
  let resets = 0
  let end: string | undefined
  let afterEnd: string | undefined
  for (const { event, data: text } of told) {
    // A client that is cut off right after it learned that the log is gone asks once more, and gets 404.
    if (event === 'deleted' && end?.includes('"gone"')) continue
    // Another log may have begun under the name by then.
    if (event === 'reset' && end?.includes('"gone"')) end = undefined
    if (end !== undefined) afterEnd ??= `${event ?? 'an event'} ${text.slice(0, 40)}`
    if (event === undefined) data.push(text)
    else if (event === 'reset') {
      resets++
      data = []
    } else end = `${event} ${text}`
  }
  return { data, end: end ?? 'end', resets, afterEnd }
}

function problemOf(expected: Expected, { told, isOver }: Seen): string | undefined {
  const { name, events, ends, mayEnd, forgotAt } = expected
  const { data, end, resets, afterEnd } = finalOf(told)
  const wrong = data.findIndex((text, n) => text !== payload(name, n, text.split(' ')[2] ?? ''))
  if (wrong >= 0) return `event ${wrong} is ${JSON.stringify(data[wrong]?.slice(0, 40))}`
  if (!isOver) return `waits for ever, after ${data.length} events`
  if (afterEnd) return `received ${afterEnd} after the end ${end}`
  if (resets > 0 && forgotAt === 0) return 'had to start over'
  if (end === 'end' && !mayEnd) return 'received the end of a stream without one'
  if (end === 'end' && data.length !== events) return `received the end after ${data.length} events`
  if (end !== 'end' && !ends.includes(end)) return `received ${end}`
  return undefined
}

/**
 * Readers that got the end that stands in the log must agree about everything before it, unless the store forgot something
 * after they were through.
 *
 * @returns what is wrong with what the readers of a stream received, one sentence each
 */
export function violations(expected: Expected, all: readonly Seen[]): string[] {
  const found: string[] = []
  const finals = new Set<string>()
  for (const [index, seen] of all.entries()) {
    const problem = problemOf(expected, seen)
    if (problem) found.push(`${expected.name}, reader ${index}: ${problem}`)
    const { data, end } = finalOf(seen.told)
    const isWhole = end === 'end' || /"(lost|stopped)"/.test(end)
    if (isWhole && seen.finishedAt > expected.forgotAt) finals.add(JSON.stringify([data, end]))
  }
  if (found.length === 0 && finals.size > 1)
    found.push(`${expected.name}: readers received ${finals.size} different streams`)
  return found
}
