import { isWire, type Wire } from '../wire.ts'
import { learn, type Template } from './template.ts'

// What a process has learnt. Streams of one model are alike: what was learnt from one is known in the next. This is the
// only state that streams share. It changes no result, because an event is known only if a template has the same bytes
// outside the holes. The state is bounded, and has the text of at most one chunk for each shape.

/** How an event is written around its data. */
export type Around = readonly [before: string, after: string]

/** The shape that was not used for the longest time is forgotten. Longer chunks are not learnt. */
const MAX_SHAPES = 256
const MAX_TEXT = 4096
/** Learning costs as much as parsing some ten chunks: a shape is learnt when it is seen for the third time. */
const SIGHTINGS = 3
/** A template has paid when it has matched so often. */
const PRICE = 8
const MAX_PATIENCE = 256

/** Chunks with the same fields, and what was learnt of them. */
export interface Shape {
  template: Template | undefined
  /** The names of the leaves that differed. */
  readonly varying: Set<string>
  /** In how many sightings it is learnt, and how many that were the last time. */
  wait: number
  patience: number
}

const shapes = new Map<string, Shape>()

/** The shape of a chunk that had to be parsed; `undefined` for chunks that are never learnt. */
export function shapeOf(chunk: Wire, text: string, around: Around): Shape | undefined {
  const name = text.length > MAX_TEXT ? undefined : nameOf(chunk, around)
  if (name === undefined) return undefined
  const shape = shapes.get(name) ?? {
    template: undefined,
    varying: new Set(),
    wait: SIGHTINGS,
    patience: 1,
  }
  shapes.delete(name)
  shapes.set(name, shape)
  if (shapes.size > MAX_SHAPES) shapes.delete(shapes.keys().next().value as string)
  return shape
}

/** Takes a chunk that no template matched. A shape whose template does not pay waits longer each time. */
export function see(shape: Shape, chunk: Wire, text: string, around: Around): void {
  if (--shape.wait > 0) return
  const old = shape.template
  shape.patience = old && old.hits >= PRICE ? 1 : Math.min(2 * shape.patience, MAX_PATIENCE)
  shape.wait = shape.patience
  shape.template = learn(text, chunk, old?.text, shape.varying, around)
}

/** What tells shapes of chunks apart: their fields, without the text in them. */
function nameOf(chunk: Wire, [before, after]: Around): string | undefined {
  const { choices, model } = chunk
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > 8) return undefined
  let name = `${before}${after}${typeof model === 'string' ? model : ''}`
  for (const key in chunk) name += chunk[key] ? ` ${key}` : ` ${key}-`
  for (const choice of choices as unknown[]) {
    // The last chunk of a choice does not come back.
    if (!isWire(choice) || choice['finish_reason']) return undefined
    const { index, delta } = choice
    name += `\n${index}`
    for (const key in choice) name += ` ${key}${kindOf(choice[key])}`
    if (!isWire(delta)) continue
    for (const key in delta) {
      const value = delta[key]
      name += ` ${key}${kindOf(value)}`
      if (key === 'tool_calls' && Array.isArray(value) && isWire(value[0]))
        name += `${value[0]['index']} ${kindOf(value[0]['id'])}`
    }
  }
  return name
}

/** Text and numbers of any value are of one kind; of a list or object it counts whether anything is in it. */
function kindOf(value: unknown): string {
  if (typeof value !== 'object') return typeof value === 'string' ? 's' : 'v'
  if (value === null) return '-'
  for (const _ in value) return '+'
  return '.'
}
