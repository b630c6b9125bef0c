import { isEmpty, isWire, type Wire } from '../wire.ts'
import { learn, type Template } from './template.ts'

// What a process has learnt. Streams of one model are alike: what was learnt from one is known in the next. This is the
// only state that streams share. It changes no result, because an event is known only if a template has the same bytes
// outside the holes. The state is bounded, and has the text of at most one chunk for each template.

/** Streams that are different; the one that was not used for the longest time is forgotten. */
const MAX_PROFILES = 128
/** Most streams have one shape for text and one for arguments; a stream of several choices has one for each. */
const MAX_SHAPES = 24
/** So much text of templates is kept of streams that are alike. */
const MAX_TEXT = 16_384
/** Learning costs as much as parsing two or three chunks: a shape is learnt when it is seen for the third time. */
const SIGHTINGS = 3
/** A template has paid when it has matched so often. */
const PRICE = 4
const MAX_PATIENCE = 1024

interface Shape {
  template: Template | undefined
  /** The names of the leaves that differed. */
  readonly varying: Set<string>
  /** In how many sightings it is learnt, and how many that were the last time. */
  wait: number
  patience: number
}

/** The templates of streams that are alike. */
export class Profile {
  readonly around: readonly [before: string, after: string]
  readonly templates: Template[] = []
  readonly #shapes = new Map<string, Shape>()
  #size = 0

  constructor(around: readonly [before: string, after: string]) {
    this.around = around
  }

  /**
   * Takes a chunk that had to be parsed; `isFirst` if its template was not tried, because it is the first of its stream. A
   * shape whose template does not pay waits longer each time.
   */
  see(chunk: Wire, text: string, isFirst: boolean): void {
    const name = text.length > MAX_TEXT ? undefined : shapeOf(chunk)
    if (name === undefined) return
    const shape = this.#shapes.get(name)
    if (shape === undefined) {
      if (this.#shapes.size < MAX_SHAPES)
        this.#shapes.set(name, {
          template: undefined,
          varying: new Set(),
          wait: SIGHTINGS - 1,
          patience: 1,
        })
    } else if (!(isFirst && shape.template) && --shape.wait === 0) this.#learn(shape, chunk, text)
  }

  #learn(shape: Shape, chunk: Wire, text: string): void {
    const old = shape.template
    const hasPaid = old !== undefined && old.hits >= PRICE
    shape.wait = shape.patience
    shape.patience = hasPaid ? 1 : Math.min(2 * shape.patience, MAX_PATIENCE)
    const template = learn(text, chunk, old?.text, shape.varying, this.around)
    if (old !== undefined) this.#remove(old)
    const isSmall = this.#size + text.length <= MAX_TEXT
    shape.template = isSmall ? template : undefined
    if (template === undefined || !isSmall) return
    this.#size += text.length
    this.templates.unshift(template)
  }

  #remove(template: Template): void {
    this.#size -= template.text.length
    this.templates.splice(this.templates.indexOf(template), 1)
    for (const other of this.templates) if (other.next === template) other.next = undefined
  }
}

const profiles = new Map<string, Profile>()

/** The profile of streams whose first chunk is like this one, and whose events are written in the same way. */
export function profileOf(chunk: Wire, around: readonly [before: string, after: string]): Profile {
  const { model } = chunk
  const words = [...around, typeof model === 'string' ? model : '', ...Object.keys(chunk)]
  const name = words.join(' ').slice(0, 512)
  const profile = profiles.get(name) ?? new Profile(around)
  profiles.delete(name)
  profiles.set(name, profile)
  const [oldest = ''] = profiles.size > MAX_PROFILES ? profiles.keys() : []
  profiles.delete(oldest)
  return profile
}

/** What tells shapes of chunks apart, without looking at their text. `undefined` for chunks that are never learnt. */
function shapeOf(chunk: Wire): string | undefined {
  const { choices, usage } = chunk
  if (!Array.isArray(choices) || choices.length > 8) return undefined
  let shape = isEmpty(usage) ? '' : 'usage '
  for (const choice of choices) {
    if (!isWire(choice)) return undefined
    const { index, delta, finish_reason: reason, logprobs } = choice
    shape += `${index} ${isEmpty(reason) ? '' : reason} ${isEmpty(logprobs)}`
    if (!isWire(delta)) continue
    for (const key of Object.keys(delta)) {
      const value = delta[key]
      if (value !== null) shape += ` ${key}${typeof value}`
      if (key === 'tool_calls' && Array.isArray(value))
        shape += isWire(value[0]) ? `${value[0]['index']} ${isEmpty(value[0]['id'])}` : ''
    }
  }
  return shape
}
