import { invalidJson, invalidValue, notASchema } from '../errors.ts'

/** A validator of any library that speaks Standard Schema 1: zod, valibot, arktype and others. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    /** @param value - the value to check */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

/** What a validator returns. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** What is wrong at one place of a value. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Parses a text of a model as JSON, and validates it. */
export async function parseWith<Output>(
  text: string,
  schema: StandardSchema<Output>,
): Promise<Output> {
  const validator = (schema as StandardSchema<Output> | undefined)?.['~standard']
  if (validator === undefined) throw notASchema()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalidJson(text, cause)
  }
  const result = await validator.validate(value)
  if (result.issues) throw invalidValue(text, result.issues)
  return result.value
}
