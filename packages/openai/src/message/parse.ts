import { textOf } from '../accumulator/reasoning.ts'
import { parseWith, type StandardSchema } from './standard-schema.ts'

/** A tool call as it stands in a message: of a function, or of a custom tool, whose input is any text. */
export type CallWithArguments =
  | { readonly function: { readonly arguments: string } }
  | { readonly custom: { readonly input: string } }

/**
 * Parses the arguments of a tool call, and validates them with any Standard Schema. No arguments at all are `{}`.
 *
 * @param call - a tool call of a complete message, also of a custom tool; a partial call fails, because its JSON does
 * @param schema - the validator
 * @returns the value that the validator returns
 * @throws {@link ParseError} if the arguments are not JSON, or do not match
 *
 * @example
 * ```ts
 * import { parseArguments } from '@tesserae/openai'
 * import { chatCompletionChunk } from '@tesserae/openai/schema'
 *
 * const call = { function: { name: 'f', arguments: '{"id":1}' } }
 * const error = await parseArguments(call, chatCompletionChunk).catch((error) => error)
 * error.code // => 'invalid-value'
 * ```
 */
export async function parseArguments<Output>(
  call: CallWithArguments,
  schema: StandardSchema<Output>,
): Promise<Output> {
  const text = 'function' in call ? call.function.arguments : call.custom.input
  return parseWith(text.trim() || '{}', schema)
}

/**
 * Parses the content of a message as JSON, and validates it with any Standard Schema: structured output, typed.
 *
 * @param message - a message, a choice or a completion, of which the first choice counts
 * @param schema - the validator
 * @returns the value that the validator returns
 * @throws {@link ParseError} if the content is not JSON, or does not match
 *
 * @example
 * ```ts
 * import { parseContent, type StandardSchema } from '@tesserae/openai'
 *
 * const city: StandardSchema<{ city: string }> = {
 *   '~standard': { version: 1, vendor: 'mine', validate: (value) => ({ value: value as { city: string } }) },
 * }
 * await parseContent({ content: '{"city":"Paris"}' }, city) // => { city: 'Paris' }
 * ```
 */
export async function parseContent<Output>(
  message: object,
  schema: StandardSchema<Output>,
): Promise<Output> {
  return parseWith(textOf(message), schema)
}
