import type { ChunkAccumulator } from '../accumulator/accumulator.ts'
import { defineValue } from '../accumulator/cells.ts'
import type { Choice } from '../accumulator/choice.ts'
import type { ToolCallState } from '../accumulator/tool-calls.ts'
import { Letters } from './letters.ts'
import { type Literal, literalOf } from './literal.ts'
import type { Hole, Template } from './template.ts'

/** A hole with what it feeds. */
export interface Place {
  readonly kind: Hole['kind']
  readonly choice: Choice
  /** Of text that grows: what of it is not decoded yet, and where it goes. */
  readonly letters: Letters | undefined
  readonly grow: (text: string) => void
  /** Of log probabilities and numbers: those of the event that was matched last. */
  value: unknown
  /** Of numbers: that of the last event that was taken. */
  taken: unknown
  readonly path: Hole['path']
}

/** A template in use. */
export interface Known {
  /** The bytes around the places: one more than there are places. */
  readonly literals: readonly Literal[]
  readonly places: readonly Place[]
  readonly template: Template
  readonly call: ToolCallState | undefined
  /** Whether there is usage in it that has not been told. */
  hasUsage: boolean
}

/** Makes a template ready for use; `before` and `after` stand around the data of an event. */
export function knownOf(
  template: Template,
  accumulator: ChunkAccumulator,
  before: string,
  after: string,
): Known | undefined {
  const { literals: texts, holes } = template
  const call = callOf(template, accumulator)
  if (template.call && call === undefined) return undefined
  const literals = texts.flatMap(
    (text, at) =>
      literalOf((at === 0 ? before : '') + text + (at === holes.length ? after : '')) ?? [],
  )
  if (literals.length < texts.length) return undefined
  const places = holes.map((hole) => placeOf(hole, accumulator.choice(hole.choice), call))
  return { literals, places, template, call, hasUsage: false }
}

function placeOf({ kind, path }: Hole, choice: Choice, call: ToolCallState | undefined): Place {
  const target = kind === 'text' ? choice.text(String(path.at(-1))) : undefined
  const grow = (text: string): void => {
    if (target) target.append(text)
    else if (call) choice.toolCalls.grow(call, text)
  }
  const grows = kind === 'text' || kind === 'arguments'
  const letters = grows ? new Letters() : undefined
  return { kind, choice, letters, grow, value: undefined, taken: undefined, path }
}

/** Hands on what waits. */
export function settle(known: Known, accumulator: ChunkAccumulator): void {
  for (const { letters, grow } of known.places)
    if (letters !== undefined && letters.length > 0) grow(letters.take())
  if (known.hasUsage) accumulator.use(usageOf(known))
  known.hasUsage = false
}

/** The usage of the last event that was taken. */
function usageOf({ template, places }: Known): unknown {
  const usage: unknown = JSON.parse(template.usage ?? 'null')
  for (const { kind, path, taken } of places) {
    if (kind !== 'usage number') continue
    let target = usage as Record<string | number, unknown>
    for (const key of path.slice(1, -1)) target = target[key] as typeof target
    defineValue(target, String(path.at(-1)), taken)
  }
  return usage
}

/** The call whose arguments the chunk goes on with. */
function callOf({ call }: Template, accumulator: ChunkAccumulator): ToolCallState | undefined {
  return call && accumulator.choice(call.choice).toolCalls.continued(call.slot, call.id, call.name)
}

/** Whether a chunk that is known does not set, or go on with, anything else than it did, after another. */
export function holds(known: Known, after: Template, accumulator: ChunkAccumulator): boolean {
  for (const [place, json] of known.template.sets) {
    const found = after.sets.get(place)
    if (found !== undefined && found !== json) return false
  }
  return callOf(known.template, accumulator) === known.call
}
