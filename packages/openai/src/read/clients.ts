import { isWire, type Wire } from '../wire.ts'

/** The parts of the AI SDK's `fullStream` that say in its words what the chunks say. */
const PART = /^(abort|file|finish|reasoning|response|source|start|stream|text|tool)(-|$)/

/**
 * Clients that make objects of their own keep the chunk in them if an option says so: LangChain's `AIMessageChunk` in
 * `additional_kwargs`, the AI SDK in a part called `raw`. Of an object that has none, `undefined`.
 */
export function chunkIn(value: unknown): unknown {
  if (!isWire(value) || 'choices' in value || 'error' in value) return value
  const { type, rawValue, additional_kwargs: more } = value
  if (isWire(more)) return more['__raw_response']
  if (type === 'raw' && 'rawValue' in value) return rawValue
  return typeof type === 'string' && PART.test(type) && !isDelta(value) ? undefined : value
}

/** Whether an object is what `readDeltas` or `readSnapshots` yields, of this package or of its Responses API. */
export function isDelta({ type, choice, item, deltas }: Wire): boolean {
  if (Array.isArray(deltas)) return true
  return typeof type === 'string' && (typeof choice === 'number' || typeof item === 'number')
}
