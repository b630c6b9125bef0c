import { type ChunkEvent, split, toEvents } from '@tesserae/openai'
import type { ChatCompletion, ChatCompletionChunk, ChunkDelta } from '@tesserae/openai/schema'

/** The stream of a server whose chunks have a shape of their own. What the shape leaves out is not sent. */
export function eventsInShape(
  completion: ChatCompletion,
  shape: (chunk: ChatCompletionChunk) => object | undefined,
): Iterable<ChunkEvent> {
  const chunks = [...split(completion)].map(shape)
  return toEvents(chunks.filter((chunk) => chunk !== undefined))
}

/** What a delta says, without what it says is not there. */
export function spoken(delta: ChunkDelta): object {
  return Object.fromEntries(
    Object.entries(delta).filter(([, value]) => value !== null && value !== ''),
  )
}

export function isSilent(delta: ChunkDelta): boolean {
  return Object.keys(spoken(delta)).length === 0
}

/** An error where a chunk was to come, as OpenAI's API has it. */
export function errorEvent(message: string): ChunkEvent {
  const error = { message, type: 'server_error', param: null, code: null }
  return { data: JSON.stringify({ error }) }
}
