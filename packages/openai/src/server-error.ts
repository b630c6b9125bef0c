import { isWire, type Wire } from './wire.ts'

/** An error that a server sent, in whatever form. */
export interface ServerError {
  /** The server's own words; empty if there are none. */
  readonly message: string
  readonly type: string | undefined
  readonly code: string | number | undefined
  readonly param: string | undefined
  /** A `status` that is the number of an HTTP status, or such a `code`. */
  readonly status: number | undefined
  /** As it stood on the wire. */
  readonly raw: unknown
}

/** The error in a chunk, if it is one or has one: `error`, an `error` in a choice, `"object":"error"`, or a bare error. */
export function serverErrorIn(chunk: Wire): ServerError | undefined {
  if (chunk['error']) return serverErrorOf(chunk['error'], chunk)
  const { choices } = chunk
  if (!Array.isArray(choices)) return isBareError(chunk) ? serverErrorOf(chunk, chunk) : undefined
  for (const choice of choices)
    if (choice?.error) return serverErrorOf(choice.error, chunk)
    else if (choice?.finish_reason === 'error') return serverErrorOf({ type: 'error' }, chunk)
  return chunk['object'] === 'error' ? serverErrorOf(chunk, chunk) : undefined
}

/** Whether an object without choices is an error in itself, in one of the forms that frameworks give it. */
function isBareError({ object, type, code, status, message, detail, errors }: Wire): boolean {
  if (object !== undefined) return object === 'error'
  if (type === 'error' || typeof detail === 'string' || Array.isArray(detail)) return true
  if (Array.isArray(errors) && errors.length > 0) return true
  if (typeof message !== 'string') return false
  const isNamed = typeof type === 'string' && /error/i.test(type)
  return isNamed || Number(status) >= 400 || (code !== undefined && code !== null)
}

/** How `@tesserae/resume` ends a log that has no end of its own. */
const ENDINGS: Readonly<Record<string, string>> = {
  failed: 'The stream failed on the server.',
  stopped: 'The stream was stopped.',
}

/** The fields of the error with which `@tesserae/encoder` or `@tesserae/resume` ends a stream, if the event is one. */
export function endingIn(name: string | undefined, data: unknown): Wire | undefined {
  if (name === undefined || !isWire(data)) return undefined
  if (name === 'stream-error') return { type: name, ...data }
  const { reason: code } = data
  return typeof code === 'string' && Object.hasOwn(ENDINGS, name)
    ? { message: ENDINGS[name], type: name, code, ...data }
    : undefined
}

/** Reads an error from what stands in its place: an object, or a sentence. */
export function serverErrorOf(error: unknown, raw: unknown): ServerError {
  const fields: Wire = isWire(error) ? error : { message: error }
  const { code, status, errors } = fields
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  // Gemini has a number in `code`, and a word in `status`.
  const number = [status, code].map(Number).find((number) => number >= 400 && number < 600)
  const message =
    fields['message'] ?? fields['detail'] ?? (isWire(first) ? first['message'] : undefined) ?? first
  return {
    message: text(message) ?? '',
    type: text(fields['type']),
    code: typeof code === 'number' ? code : text(code),
    param: text(fields['param']),
    status: number,
    raw,
  }
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
