/** An error that a server sent in the middle of a stream, whichever form it gave it. */
export interface ServerError {
  /** What the server says; empty if it says nothing. */
  readonly message: string
  readonly type: string | undefined
  readonly code: string | number | undefined
  readonly param: string | undefined
  /** A code that is the number of an HTTP status, or a `status` beside it. */
  readonly status: number | undefined
  /** As it stood on the wire. */
  readonly raw: unknown
}

/** The error in a chunk, if it is one or has one: `error`, an `error` in a choice, or `"object":"error"`. */
export function serverErrorIn(chunk: Readonly<Record<string, unknown>>): ServerError | undefined {
  if (chunk['error']) return serverErrorOf(chunk['error'], chunk)
  if (chunk['object'] === 'error') return serverErrorOf(chunk, chunk)
  if (!Array.isArray(chunk['choices'])) return undefined
  for (const choice of chunk['choices'])
    if (choice?.error) return serverErrorOf(choice.error, chunk)
    else if (choice?.finish_reason === 'error') return serverErrorOf({ type: 'error' }, chunk)
  return undefined
}

/** Reads an error from what stands in its place: an object, or a sentence. */
export function serverErrorOf(error: unknown, raw: unknown): ServerError {
  const fields: Record<string, unknown> =
    typeof error === 'object' && error !== null ? { ...error } : { message: error }
  const { code, status = code } = fields
  const number = Number(status)
  return {
    message: text(fields['message'] ?? fields['detail']) ?? '',
    type: text(fields['type']),
    code: typeof code === 'number' ? code : text(code),
    param: text(fields['param']),
    status: number >= 400 && number < 600 ? number : undefined,
    raw,
  }
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
