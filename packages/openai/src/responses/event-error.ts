import { serverErrorOf, type ServerError } from '../server-error.ts'
import type { Rule } from './event-table.ts'
import { isNothing, isWire, type Wire } from './wire.ts'

/**
 * The error in an event: an `error` event, a response that failed, or an object with an `error`. The documentation puts
 * the fields of an `error` event beside its type, and OpenAI nests them in `error`: each is taken from where it is.
 */
export function errorIn(event: Wire, rule: Rule | undefined): ServerError | undefined {
  const { response, error } = event
  if (rule?.does === 'error') return flatErrorIn(event)
  if (isWire(response))
    return isNothing(response['error']) ? undefined : serverErrorOf(response['error'], response)
  return rule || isNothing(error) ? undefined : flatErrorIn(event)
}

function flatErrorIn(event: Wire): ServerError {
  const { type: _, error, sequence_number: __, ...flat } = event
  const nested = isWire(error) ? error : { message: error }
  const given = Object.entries(nested).filter(([, value]) => !isNothing(value))
  return serverErrorOf({ ...flat, ...Object.fromEntries(given) }, event)
}
