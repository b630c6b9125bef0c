import { isEmpty, isWire, type Wire } from '../accumulator/cells.ts'

// What is learnt from a chunk: where in its text those leaves stand that differ from chunk to chunk. A chunk that has
// the same bytes around such leaves is the same chunk with other leaves, so that nothing else of it need be read, if the
// chunk changes nothing else when it comes a second time. Everything that is not sure of this is not learnt.

/** A leaf that differs: text or arguments that grow, log probabilities as a whole, or something of no consequence. */
export interface Hole {
  readonly kind:
    | 'text'
    | 'arguments'
    | 'logprobs'
    | 'usage number'
    | 'ignored text'
    | 'ignored number'
  /** The choice that it belongs to, and the field of its message. */
  readonly choice: number
  readonly field: string
  /** Of a number in `usage`: the keys that lead to it there. */
  readonly keys: readonly string[]
  readonly start: number
  readonly end: number
}

/** What has to be known of a tool call for its arguments to belong to it, whatever its state. */
export interface CallShape {
  readonly choice: number
  readonly slot: number
  readonly id: string
  readonly name: string
}

/** A chunk as it was learnt. */
export interface Template {
  /** The text around the holes: one more than there are holes. */
  readonly literals: readonly string[]
  readonly holes: readonly Hole[]
  readonly call: CallShape | undefined
  /** Its usage, as JSON: of the numbers in it the last count. */
  readonly usage: string | undefined
  /** What the chunk sets, beside its holes, as JSON by place: no two chunks that differ here may take turns. */
  readonly sets: ReadonlyMap<string, string>
}

/** Leaves outside of `choices` that have been seen to differ. */
export interface Varying {
  readonly id: boolean
  readonly created: boolean
}

const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal']
const PADDING = ['obfuscation', 'p', 'nonce']
const SKIPPED = new Set(['id', 'created', 'object', 'choices', 'usage', ...PADDING])
/** Fields of a message that must be empty, for what is in them adds up. */
const GROWING = [
  'function_call',
  'audio',
  'annotations',
  'images',
  'executed_tools',
  'reasoning_details',
]

/** Learns a chunk from its text, or nothing where it is not safe. */
export function learn(
  text: string,
  chunk: Wire,
  varying: Varying,
  maxTold: number,
): Template | undefined {
  const sets = new Map<string, string>()
  const calls: CallShape[] = []
  if (!isPlain(chunk, sets, calls) || calls.length > 1) return undefined
  // An event has no such line: its data stood in several.
  if (/[\r\n]/.test(text)) return undefined
  const leaves = new Leaves(text).read()
  if (leaves === undefined) return undefined
  const holes = leaves.flatMap((leaf) => holeAt(leaf, chunk, varying))
  const told = holes.filter(({ kind }) => kind === 'text' || kind === 'arguments').length
  const usage = isWire(chunk['usage']) ? JSON.stringify(chunk['usage']) : undefined
  if (told + (usage ? 1 : 0) > maxTold) return undefined
  let at = 0
  const literals = holes.map(({ start, end }) => {
    const literal = text.slice(at, start)
    at = end
    return literal
  })
  return { literals: [...literals, text.slice(at)], holes, call: calls[0], usage, sets }
}

/** Whether the chunk, sent again, would do nothing but fill its holes. */
function isPlain(chunk: Wire, sets: Map<string, string>, calls: CallShape[]): boolean {
  const { choices } = chunk
  if (!Array.isArray(choices) || choices.length === 0 || !isEmpty(chunk['error'])) return false
  if (chunk['object'] === 'error' || isWire(chunk['x_groq'])) return false
  for (const key of Object.keys(chunk)) if (!SKIPPED.has(key)) set(sets, key, chunk[key])
  return choices.every((choice: unknown) => isWire(choice) && isPlainChoice(choice, sets, calls))
}

function isPlainChoice(choice: Wire, sets: Map<string, string>, calls: CallShape[]): boolean {
  const { index, delta, finish_reason: reason, logprobs, token_ids: ids } = choice
  if (!Number.isSafeInteger(index) || Number(index) < 0 || !isWire(delta)) return false
  if (!isEmpty(ids) || !isEmpty(choice['error']) || !isEmpty(reason)) return false
  if (!isEmpty(logprobs) && !isWire(logprobs)) return false
  if (isWire(choice['usage'])) return false
  for (const key of Object.keys(choice))
    if (!['index', 'delta', 'message', 'text', 'logprobs'].includes(key))
      set(sets, `${index}\n${key}`, choice[key])
  for (const key of Object.keys(delta)) {
    const value = delta[key]
    if (key === 'role') continue
    if (TEXTS.includes(key)) {
      if (value !== null && typeof value !== 'string') return false
    } else if (GROWING.includes(key) || key === 'tool_calls') {
      const isNothing = isEmpty(value) || (Array.isArray(value) && value.length === 0)
      if (isNothing) continue
      const call = key === 'tool_calls' ? callIn(value, Number(index)) : undefined
      if (call === undefined) return false
      calls.push(call)
    } else set(sets, `${index}\ndelta\n${key}`, value)
  }
  return true
}

/** The call of a delta that has one entry with nothing new in it but arguments. */
function callIn(value: unknown, choice: number): CallShape | undefined {
  const [entry, ...others]: unknown[] = Array.isArray(value) ? value : []
  if (!isWire(entry) || others.length > 0 || !isWire(entry['function'])) return undefined
  const { index: slot, id, type, function: body, ...more } = entry
  const { name, arguments: text, ...rest } = body as Wire
  if (!Number.isSafeInteger(slot) || Number(slot) < 0 || typeof text !== 'string') return undefined
  if (Object.keys(more).length > 0 || Object.keys(rest).length > 0) return undefined
  const texts = [id, name, type].every((value) => isEmpty(value) || typeof value === 'string')
  if (!texts || type === 'custom') return undefined
  return { choice, slot: Number(slot), id: String(id ?? ''), name: String(name ?? '') }
}

/** What is null or empty sets nothing that another chunk has set. */
function set(sets: Map<string, string>, place: string, value: unknown): void {
  const json = JSON.stringify(value)
  if (!isEmpty(value) && json !== '{}') sets.set(place, json)
}

/** A string or another leaf, by the keys that lead to it; and log probabilities, as if they were one. */
interface Leaf {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly is: 'string' | 'object' | 'number' | 'other'
}

function holeAt({ path, start, end, is }: Leaf, chunk: Wire, varying: Varying): Hole[] {
  const hole = (
    kind: Hole['kind'],
    choice = 0,
    field = '',
    keys: readonly string[] = [],
  ): Hole[] => [{ kind, choice, field, keys, start, end }]
  if (path.startsWith('\nusage\n'))
    return is === 'number' ? hole('usage number', 0, '', path.split('\n').slice(2)) : []
  if (!path.startsWith('\nchoices\n')) {
    const name = path.slice(1)
    if (name === 'created')
      return varying.created && chunk[name] && is === 'number' ? hole('ignored number') : []
    const isIgnored = PADDING.includes(name) || (name === 'id' && varying.id && chunk[name])
    return isIgnored && is === 'string' ? hole('ignored text') : []
  }
  if (is === 'number' || is === 'other') return []
  const [, , at, delta, field = '', ...deeper] = path.split('\n')
  const choice = Number((chunk['choices'] as Wire[])[Number(at)]?.['index'])
  if (delta === 'logprobs' && is === 'object') return hole('logprobs', choice)
  if (delta !== 'delta' || is !== 'string') return []
  if (TEXTS.includes(field) && deeper.length === 0) return hole('text', choice, field)
  return path.endsWith('\ndelta\ntool_calls\n0\nfunction\narguments')
    ? hole('arguments', choice)
    : []
}

/** Finds the leaves of a JSON text that `JSON.parse` has accepted. */
class Leaves {
  readonly #text: string
  readonly #leaves: Leaf[] = []
  #at = 0
  #isOdd = false

  constructor(text: string) {
    this.#text = text
  }

  /** `undefined` for a text with a key that is there twice or is written in an odd way, or too deep. */
  read(): readonly Leaf[] | undefined {
    this.#value('', 0)
    return this.#isOdd ? undefined : this.#leaves
  }

  #value(path: string, depth: number): void {
    if (depth > 32) this.#isOdd = true
    if (this.#isOdd) return
    const character = this.#next()
    const start = this.#at
    if (character === '{' && /^\nchoices\n\d+\nlogprobs$/.test(path)) {
      const before = this.#leaves.length
      this.#members(path, depth, true)
      this.#leaves.length = before
      this.#leaves.push({ path, start, end: this.#at, is: 'object' })
    } else if (character === '{' || character === '[') this.#members(path, depth, character === '{')
    else if (character === '"') {
      const end = endOfString(this.#text, start + 1)
      this.#leaves.push({ path, start: start + 1, end, is: 'string' })
      this.#at = end + 1
    } else {
      // A number, or a word: it ends where a member does.
      let code = this.#text.charCodeAt(this.#at)
      while (code > 0x20 && code !== 0x2c && code !== 0x5d && code !== 0x7d)
        code = this.#text.charCodeAt(++this.#at)
      const is = /^\d{1,15}$/.test(this.#text.slice(start, this.#at)) ? 'number' : 'other'
      this.#leaves.push({ path, start, end: this.#at, is })
    }
  }

  #members(path: string, depth: number, isObject: boolean): void {
    const keys = new Set<string>()
    this.#at++
    for (let item = 0; !isEnd(this.#next()) && !this.#isOdd; item++) {
      const key = isObject ? this.#key() : String(item)
      // A line feed cannot stand in a key that is written plainly.
      if (keys.has(key) || key.includes('\\') || key === '__proto__') this.#isOdd = true
      keys.add(key)
      this.#value(`${path}\n${key}`, depth + 1)
      if (this.#next() === ',') this.#at++
    }
    this.#at++
  }

  #key(): string {
    const start = this.#at + 1
    const end = endOfString(this.#text, start)
    this.#at = end + 1
    this.#next()
    this.#at++
    return this.#text.slice(start, end)
  }

  /** The next character that is no white space. */
  #next(): string {
    while (this.#text.charCodeAt(this.#at) <= 0x20) this.#at++
    return this.#text.charAt(this.#at)
  }
}

function isEnd(character: string): boolean {
  return character === ']' || character === '}'
}

/** Where the quote stands that ends a string. */
function endOfString(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
