import { type ModelStreamError, wrongProtocol } from '../errors.ts'
import type { Wire } from '../wire.ts'
import { isDelta } from './clients.ts'

/** What to do with the result of `readDeltas`. */
export const READ_ONCE =
  'Pass the source of the deltas, with `onDelta`; or take the message that their generator returns.'

/** The error for an object of another protocol; `undefined` for an object that could be anything. */
export function foreign(value: Wire): ModelStreamError | undefined {
  if (isDelta(value)) return wrongProtocol('deltas', READ_ONCE)
  const { type, object, candidates, done, message, response, role, content } = value
  if ((typeof type === 'string' && type.startsWith('response.')) || object === 'response')
    return wrongProtocol('the Responses API', 'Read it with `@tesserae/openai/responses`.')
  const isMessage = type === 'message' && role === 'assistant' && Array.isArray(content)
  if (isMessage || type === 'message_start' || type === 'content_block_delta')
    return wrongProtocol(
      'the Anthropic Messages API',
      'Pass `{ dialect: anthropic }` from `@tesserae/openai/dialects`.',
    )
  if (Array.isArray(candidates))
    return wrongProtocol('the Gemini API', 'Request its OpenAI-compatible endpoint.')
  if (typeof done === 'boolean' && (message !== undefined || response !== undefined))
    return wrongProtocol("Ollama's own API", 'Request its endpoint `/v1/chat/completions`.')
  return undefined
}

/** The error for bytes that are compressed. */
export function compressed(): ModelStreamError {
  return wrongProtocol('bytes that are compressed with gzip', 'Decompress them first.')
}

/** The error for text in place of bytes. */
export function decoded(): ModelStreamError {
  return wrongProtocol(
    'strings',
    'Pass the response or its body; do not decode it before, and parse a single chunk with JSON.parse.',
  )
}
