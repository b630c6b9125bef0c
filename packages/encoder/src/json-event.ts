import { refusePayload } from './errors.ts'
import type { NamedEvent, Payload, SseEventInit } from './types.ts'

/**
 * An event with a payload as JSON. Its type holds the name and the payload, so a typed stream checks both.
 *
 * @throws an {@link EncodeError} with the code `wrong-type` if the payload has no JSON, as a function, a
 * circular object and a promise have none.
 *
 * @example
 * ```ts
 * import { jsonEvent } from '@tesserae/encoder'
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * interface Events {
 *   token: { text: string }
 * }
 *
 * const response = await eventStream<Events>(async function* () {
 *   yield jsonEvent('token', { text: 'Hi' }, { id: '1' })
 * })
 * await response.text() // => 'event: token\nid: 1\ndata: {"text":"Hi"}\n\n'
 * ```
 */
export function jsonEvent<const Name extends string, P extends Payload>(
  name: Name,
  payload: P,
  fields?: Pick<SseEventInit, 'id' | 'retry'>,
): NamedEvent<Name, P> {
  let data: string | undefined
  let cause: unknown
  try {
    // A promise has the JSON `{}`: the caller forgot to await it.
    if (!(payload instanceof Promise)) data = JSON.stringify(payload)
  } catch (error) {
    cause = error
  }
  if (data === undefined) refusePayload(cause)
  return { event: name, data, id: fields?.id, retry: fields?.retry } as NamedEvent<Name, P>
}
