import { isEmpty, isWire, type Wire } from '../accumulator/cells.ts'
import { endOfDocument } from './documents.ts'

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
  readonly path: Path
  /** The choice that it belongs to. */
  readonly choice: number
  readonly start: number
  readonly end: number
}

/** The keys and positions that lead to a value in a chunk. */
type Path = readonly (string | number)[]

interface Leaf {
  readonly kind: Hole['kind']
  readonly path: Path
  readonly choice?: number
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
  // An event has no line ends in it: data that has stood in several lines.
  if (!isPlain(chunk, sets, calls) || calls.length > 1 || /[\r\n]/.test(text)) return undefined
  const usage = isWire(chunk['usage']) ? JSON.stringify(chunk['usage']) : undefined
  const holes: Hole[] = []
  let told = usage ? 1 : 0
  for (const { kind, path, choice = 0 } of leavesOf(chunk, varying)) {
    const region = regionOf(text, chunk, path)
    const counts = kind === 'text' || kind === 'arguments' || kind === 'logprobs'
    if (region) holes.push({ kind, path, choice, ...region })
    else if (counts) return undefined
    if (counts && kind !== 'logprobs') told++
  }
  if (told > maxTold) return undefined
  holes.sort((one, other) => one.start - other.start)
  let at = 0
  const literals = holes.map(({ start, end }) => {
    const literal = text.slice(at, start)
    at = end
    return literal
  })
  return { literals: [...literals, text.slice(at)], holes, call: calls[0], usage, sets }
}

/** What may differ in a chunk, and be left open. */
function* leavesOf(chunk: Wire, { id, created }: Varying): Generator<Leaf> {
  for (const name of PADDING) yield { kind: 'ignored text', path: [name] }
  // The first that is not empty counts: this one, or one before it.
  if (id && chunk['id']) yield { kind: 'ignored text', path: ['id'] }
  if (created && chunk['created']) yield { kind: 'ignored number', path: ['created'] }
  yield* numbersIn(chunk['usage'], ['usage'])
  for (const [at, { index, delta, logprobs }] of (chunk['choices'] as Wire[]).entries()) {
    const path = ['choices', at, 'delta']
    const choice = Number(index)
    const { tool_calls: calls, ...texts } = delta as Wire
    for (const name of TEXTS)
      if (typeof texts[name] === 'string') yield { kind: 'text', path: [...path, name], choice }
    if (isWire(logprobs)) yield { kind: 'logprobs', path: ['choices', at, 'logprobs'], choice }
    if (Array.isArray(calls) && calls.length > 0)
      yield { kind: 'arguments', path: [...path, 'tool_calls', 0, 'function', 'arguments'], choice }
  }
}

function* numbersIn(value: unknown, path: readonly string[]): Generator<Leaf> {
  if (!isWire(value) || path.length > 3) return
  for (const key of Object.keys(value)) {
    if (typeof value[key] === 'number') yield { kind: 'usage number', path: [...path, key] }
    else yield* numbersIn(value[key], [...path, key])
  }
}

/**
 * Where a string, without its quotes, an object or a whole number stands in the text of a chunk. It is found by trial: the
 * place is the right one if another value there is what is found at the path.
 */
function regionOf(
  text: string,
  chunk: Wire,
  path: Path,
): { readonly start: number; readonly end: number } | undefined {
  let mark = '1'
  while (text.includes(mark)) mark += '1'
  const key = `${JSON.stringify(path.at(-1))}:`
  const value = valueAt(chunk, path)
  if (String(value) === mark) return undefined
  for (let found = text.indexOf(key); found >= 0; found = text.indexOf(key, found + 1)) {
    let start = found + key.length
    while (text[start] === ' ') start++
    let end = start
    if (typeof value === 'string') end = endOfString(text, ++start)
    else if (isWire(value)) end = endOfDocument(text, start)
    else while (/\d/.test(text.charAt(end))) end++
    if (end - start > 15 && typeof value === 'number') continue
    try {
      const other: unknown = JSON.parse(text.slice(0, start) + mark + text.slice(end))
      if (String(valueAt(other, path)) === mark) return { start, end }
    } catch {
      // It is another value that has this key, or none.
    }
  }
  return undefined
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const key of path)
    found = typeof found === 'object' && found !== null ? (found as Wire)[key] : undefined
  return found
}

/** Whether the chunk, sent again, would do nothing but fill its holes. */
function isPlain(chunk: Wire, sets: Map<string, string>, calls: CallShape[]): boolean {
  const { choices } = chunk
  if (!Array.isArray(choices) || choices.length === 0 || !isEmpty(chunk['error'])) return false
  if (chunk['object'] === 'error' || isWire(chunk['x_groq'])) return false
  for (const key of Object.keys(chunk)) if (!SKIPPED.has(key)) set(sets, key, chunk[key])
  if (new Set(choices.map((choice) => choice?.index)).size < choices.length) return false
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

/** Where the quote stands that ends a string. */
function endOfString(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
