import { readFileSync } from 'node:fs'
import { type Case, dataOf, frameOf, readCases, type Wire } from '../answers/case.ts'

// Habits of servers that leave the meaning of a stream as it is. Each is tried on every response of `bases.cases`.

export const bases = readCases('responses/bases')

/** What a line of a habit does to the events of a stream. The README of this workspace explains them. */
const changes: Readonly<Record<string, (events: readonly Wire[], rest: string) => Wire[]>> = {
  drop: (events, rest) => events.filter((event) => !isOf(event, rest)),
  delay: (events, rest) => [
    ...events.filter((event) => !isOf(event, rest)).slice(0, -1),
    ...events.filter((event) => isOf(event, rest)),
    ...events.slice(-1),
  ],
  insert: (events, rest) =>
    events.flatMap((event) => (isOf(event, '\\.delta$') ? [JSON.parse(rest), event] : [event])),
  append: (events, rest) => [...events, JSON.parse(rest)],
  remove: (events, rest) =>
    events.map((event) =>
      Object.fromEntries(Object.entries(event).filter(([name]) => !rest.split(' ').includes(name))),
    ),
  set: (events, rest) => {
    const [types = '', fields = ''] = rest.split(' ')
    return events.map((event) => (isOf(event, types) ? { ...event, ...JSON.parse(fields) } : event))
  },
  change: (events, rest) => {
    const [types = '', fields = ''] = rest.split(' ')
    return events.map((event, at) => {
      const values = Object.entries(numbered(fields, at)).filter(([name]) => name in event)
      return isOf(event, types) ? { ...event, ...Object.fromEntries(values) } : event
    })
  },
  response: (events, rest) =>
    events.map((event, at) =>
      event['response']
        ? { ...event, response: { ...(event['response'] as Wire), ...numbered(rest, at) } }
        : event,
    ),
  output: (events, rest) => {
    const output = rest === '' ? undefined : JSON.parse(rest)
    return events.map((event, at) =>
      at === events.length - 1
        ? { ...event, response: { ...(event['response'] as Wire), output } }
        : event,
    )
  },
  indexes: (events, rest) => relabelled(events, 'output_index', rest),
  'content-indexes': (events, rest) => relabelled(events, 'content_index', rest),
}

const isOf = ({ type }: Wire, types: string): boolean => new RegExp(types).test(String(type))

/** `#` stands for the position of the event. */
const numbered = (fields: string, at: number): Wire => JSON.parse(fields.replaceAll('#', `${at}`))

/** An index gets the label that stands at the place of its item. */
function relabelled(events: readonly Wire[], name: string, labels: string): Wire[] {
  const label = ({ output_index: at }: Wire): number => Number(labels.split(' ')[Number(at ?? 0)])
  return events.map((event) =>
    typeof event[name] === 'number' ? { ...event, [name]: label(event) } : event,
  )
}

const file = new URL('../../cases/responses/habits.cases', import.meta.url)

export const habitCases: readonly Case[] = readFileSync(file, 'utf8')
  .split(/^## /m)
  .slice(1)
  .flatMap((block) => bases.map((base) => caseOf(base, block)))

/** A response whose stream has the habit of a block. */
function caseOf(base: Case, block: string): Case {
  const [habit = '', why = '', ...lines] = block.trimEnd().split('\n')
  let frame = frameOf
  let end = ''
  let events = base.events
  for (const line of lines) {
    const [kind = '', rest = ''] = line.split(/(?<=^\S+) /)
    if (kind === 'unnamed') frame = (event) => dataOf(JSON.stringify(event))
    else if (kind === 'done') end = dataOf('[DONE]')
    else events = changes[kind]!(events, rest)
  }
  // Of items that are never closed the status stays as it was, and log probabilities come with the part.
  const isExact = !/only deltas|no output_item.done/.test(habit)
  const { output: _, ...withoutOutput } = base.expected
  const expected = isExact ? base.expected : withoutOutput
  return {
    name: `${base.name}: ${habit}`,
    why,
    body: events.map(frame).join('') + end,
    events,
    expected,
  }
}
