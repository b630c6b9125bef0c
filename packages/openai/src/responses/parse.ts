import { parseWith, type StandardSchema } from '../message/standard-schema.ts'
import { outputTextOf } from './text.ts'

/**
 * Parses the arguments of a call, and validates them with any Standard Schema. No arguments at all are `{}`.
 *
 * @param call - a `function_call` or an `mcp_call` of a response; a partial call fails, because its JSON does
 * @param schema - the validator
 * @returns the value that the validator returns
 * @throws {@link ParseError} if the arguments are not JSON, or do not match
 *
 * @example
 * ```ts
 * import { parseArguments, type StandardSchema } from '@tesserae/openai/responses'
 *
 * const city: StandardSchema<{ city: string }> = {
 *   '~standard': { version: 1, vendor: 'mine', validate: (value) => ({ value: value as { city: string } }) },
 * }
 * await parseArguments({ arguments: '{"city":"Paris"}' }, city) // => { city: 'Paris' }
 * ```
 */
export async function parseArguments<Output>(
  call: { readonly arguments: string },
  schema: StandardSchema<Output>,
): Promise<Output> {
  return parseWith(call.arguments.trim() || '{}', schema)
}

/**
 * Parses the text of a response as JSON, and validates it with any Standard Schema: structured output, typed.
 *
 * @param response - a response
 * @param schema - the validator
 * @returns the value that the validator returns
 * @throws {@link ParseError} if the text is not JSON, or does not match
 *
 * @example
 * ```ts
 * import { ParseError, parseContent } from '@tesserae/openai/responses'
 * import { modelResponse } from '@tesserae/openai/responses/schema'
 *
 * const content = [{ type: 'output_text', text: 'Hello' }]
 * const said = { output: [{ type: 'message', content }] }
 * const error = await parseContent(said, modelResponse).catch((error: unknown) => error)
 * if (error instanceof ParseError) console.log(error.code, error.text) // => invalid-json Hello
 * ```
 */
export async function parseContent<Output>(
  response: { readonly output: readonly object[] },
  schema: StandardSchema<Output>,
): Promise<Output> {
  return parseWith(outputTextOf(response), schema)
}
