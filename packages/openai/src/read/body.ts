import { badResponse, type ModelStreamError, serverError } from '../errors.ts'
import { serverErrorIn, serverErrorOf } from '../server-error.ts'
import { isWire, type Wire } from '../wire.ts'
import { documentsIn } from './documents.ts'
import type { Interpreter } from './interpreter.ts'
import { foreign } from './protocols.ts'

/** So much of a body that cannot be read goes into the error. */
const EXCERPT = 4_096

/** What is known of the response that a body belongs to. */
export interface BodyOf {
  readonly status?: number | undefined
  readonly headers?: Headers | undefined
}

/**
 * Reads a body that is not a stream of events: an error of any server, a completion that was not streamed, a list of
 * chunks, or a chunk in each line.
 *
 * @throws the error that the server sent, or an error that says what the body is
 */
export function takeBody(text: string, interpreter: Interpreter, of: BodyOf, ok: boolean): void {
  let documents = documentsIn(text.trim())
  if (!ok) throw failureOf(documents?.[0], text, of)
  if (documents === undefined) {
    // A stream of lines that broke off in one of them.
    const lines = documentsIn(text.slice(0, text.lastIndexOf('\n') + 1).trim())
    if (isChunk(lines?.[0])) {
      documents = lines
      interpreter.note('cut-event')
    }
  }
  if (documents === undefined || documents.length === 0) throw notAStream(text, of)
  for (const document of documents)
    if (document === '[DONE]') interpreter.done = true
    else
      for (const value of Array.isArray(document) ? document : [document])
        takeValue(value, text, interpreter, of)
  // A list, or a single document, came whole; a single chunk may be the first line of a stream that was cut.
  const [first] = documents
  if (documents.length === 1 && !isChunk(first)) interpreter.done = true
}

function takeValue(document: unknown, text: string, interpreter: Interpreter, of: BodyOf): void {
  if (!isWire(document)) throw notAStream(text, of)
  const error = serverErrorIn(document)
  if (error) throw serverError(error, error.status, { headers: of.headers })
  const value = interpreter.translated(document)
  if (!Array.isArray(value['choices'])) throw foreign(value) ?? notAStream(text, of)
  if (isCompletion(value)) interpreter.takeCompletion(value)
  else interpreter.takeValue(value)
}

/** Whether every choice has a message or text, and none has a delta. */
export function isCompletion({ object, choices }: Wire): boolean {
  if (object === 'chat.completion.chunk' || !Array.isArray(choices)) return false
  return choices.every(
    (choice) =>
      isWire(choice) && !isWire(choice['delta']) && (isWire(choice['message']) || 'text' in choice),
  )
}

function isChunk(document: unknown): boolean {
  return isWire(document) && Array.isArray(document['choices']) && !isCompletion(document)
}

/** The error for an answer with a status that is not a success. */
export function failureOf(document: unknown, text: string, of: BodyOf): ModelStreamError {
  const found: unknown = Array.isArray(document) ? document[0] : document
  if (!isWire(found)) return notAStream(text, of)
  const error = serverErrorIn(found) ?? serverErrorOf(found, document)
  return serverError(error, of.status ?? error.status, { headers: of.headers })
}

export function notAStream(text: string, { status, headers }: BodyOf): ModelStreamError {
  return badResponse(text.slice(0, EXCERPT), status, headers)
}
