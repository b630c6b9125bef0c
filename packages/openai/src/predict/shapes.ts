import { isWire, type Wire } from '../wire.ts'
import { learn, type Template } from './template.ts'

// What a process has learnt. Streams of one model are alike: what was learnt from one is known in the next. This is the
// only state that streams share, apart from spare buffers. It changes no result, because an event is known only if a
// template has the same bytes outside the holes. The state is bounded: a template has the text of one chunk, and there is
// one for each shape, and for each family and template at most one more that was replaced.

/** How an event is written around its data. */
export type Around = readonly [before: string, after: string]

/** The shape is forgotten that was parsed the longest time ago and has not matched since. */
const MAX_SHAPES = 256
/** The family that was seen first is forgotten. */
const MAX_FAMILIES = 64
/** Longer chunks are not learnt. */
export const MAX_TEXT = 4096
/** So many shapes are compared with an event. */
const MAX_KNOWN = 16
/** Learning costs as much as parsing some ten chunks: a shape is learnt when it is seen for the third time. */
const SIGHTINGS = 3
/** A template has paid when it has matched so often. */
const PRICE = 8
const MAX_PATIENCE = 256
/** Names of leaves that are kept for a shape: when there are more it is begun anew. */
const MAX_VARYING = 256
/** What a new family may spend. An event that is known earns as much as one that matches nothing costs. */
const CREDIT = 64

/** Chunks with the same fields, and what was learnt of them. */
export interface Shape {
  template: Template | undefined
  /** The names of the leaves that differed. */
  readonly varying: Set<string>
  /** In how many sightings it is learnt, and how many that were the last time. */
  wait: number
  patience: number
  /** How often its template had matched when it was to be forgotten. */
  hits: number
}

/** Streams of one model: short ones, too, are read by what was learnt from those before. */
export interface Family {
  /** Shapes that have been learnt. */
  readonly known: Shape[]
  readonly around: Around
  /** Shapes of the chunks with which streams begin, and the template that matched after one that was parsed. */
  readonly openings: Shape[]
  first: Template | undefined
  /** Whether a stream of it has ended: then another will come, and every shape is worth learning. */
  isKnown: boolean
  credit: number
}

const shapes = new Map<string, Shape>()
const families = new Map<string, Family>()

/** The families of the last streams: the next stream may begin like one of them. */
export const recent: Family[] = []
const MAX_RECENT = 16
const MAX_OPENINGS = 4

/** A stream of this family has begun. */
export function begin(family: Family): void {
  if (recent[0] === family) return
  const at = recent.indexOf(family)
  if (at >= 0) recent.splice(at, 1)
  putFirst(family, recent, MAX_RECENT)
}

/** The family of a stream, by its first chunk. One that has no credit is given another try with each stream. */
export function familyOf(chunk: Wire, around: Around): Family {
  const [before, after] = around
  const { model } = chunk
  let name = `${before}${after}${typeof model === 'string' ? model : ''}`
  // Servers name models alike, and write their chunks differently.
  for (const key in chunk) name += ` ${key}`
  let family = families.get(name)
  if (family === undefined) {
    family = {
      known: [],
      around,
      openings: [],
      first: undefined,
      isKnown: false,
      credit: CREDIT,
    }
    families.set(name, family)
    if (families.size > MAX_FAMILIES) families.delete(families.keys().next().value as string)
  } else if (family.credit <= 0) family.credit = 1
  return family
}

/** Learns from a chunk that had to be parsed, and returns its shape, if it is known now. The shapes in `tried` were compared with it. */
export function learnFrom(
  family: Family,
  chunk: Wire,
  text: string,
  tried: readonly Shape[],
): Shape | undefined {
  const { known, around } = family
  const shape = shapeOf(chunk, text, around)
  if (shape === undefined) return undefined
  const isKnown = known.includes(shape)
  if (shape.template === undefined) family.credit--
  if (shape.template === undefined || tried.includes(shape)) see(shape, chunk, text, around)
  if (shape.template === undefined) return undefined
  if (!isKnown) putFirst(shape, known, MAX_KNOWN)
  return shape
}

/** Learns from the first chunk of a stream. */
export function learnOpening(family: Family, chunk: Wire, text: string): void {
  const { openings } = family
  const tried = recent.includes(family) ? openings : []
  const shape = learnFrom(family, chunk, text, tried)
  if (shape !== undefined && !openings.includes(shape)) putFirst(shape, openings, MAX_OPENINGS)
}

function putFirst<Item>(item: Item, list: Item[], limit: number): void {
  if (list.length >= limit) list.pop()
  list.unshift(item)
}

/** The shape of a chunk; `undefined` for chunks that are never learnt. */
function shapeOf(chunk: Wire, text: string, around: Around): Shape | undefined {
  const name = text.length > MAX_TEXT ? undefined : nameOf(chunk, around)
  if (name === undefined) return undefined
  let shape = shapes.get(name)
  if (shape === undefined) {
    shape = { template: undefined, varying: new Set(), wait: SIGHTINGS, patience: 1, hits: 0 }
    if (shapes.size >= MAX_SHAPES) forgetOne()
  } else shapes.delete(name)
  shapes.set(name, shape)
  return shape
}

/** Families may still hold the shape, but not what was learnt of it. */
function forgetOne(): void {
  for (const [name, shape] of shapes) {
    shapes.delete(name)
    const hits = shape.template?.hits ?? 0
    if (hits === shape.hits) {
      shape.template?.replace()
      shape.template = undefined
      return
    }
    shape.hits = hits
    shapes.set(name, shape)
  }
}

/** Takes a chunk that no template matched. A shape whose template does not pay waits longer each time. */
function see(shape: Shape, chunk: Wire, text: string, around: Around): void {
  if (--shape.wait > 0) return
  const old = shape.template
  shape.patience = old && old.hits >= PRICE ? 1 : Math.min(2 * shape.patience, MAX_PATIENCE)
  shape.wait = shape.patience
  shape.hits = 0
  if (shape.varying.size > MAX_VARYING) shape.varying.clear()
  old?.replace()
  shape.template = learn(text, chunk, old?.text, shape.varying, around)
}

/** What tells shapes of chunks apart: their fields, without the text in them. */
function nameOf(chunk: Wire, [before, after]: Around): string | undefined {
  const { choices, model } = chunk
  if (!Array.isArray(choices) || choices.length > 8) return undefined
  let name = `${before}${after}${typeof model === 'string' ? model : ''}`
  for (const key in chunk) name += chunk[key] ? ` ${key}` : ` ${key}-`
  for (const choice of choices as unknown[]) {
    if (!isWire(choice)) return undefined
    const { index, delta, finish_reason: reason } = choice
    name += `\n${index}`
    if (typeof reason === 'string') name += ` ${reason}`
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
