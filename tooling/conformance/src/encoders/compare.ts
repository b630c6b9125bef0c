import { type ReferenceEvent, type ReferenceResult, referenceParse } from '@tesserae/testkit'
import type { Body, EncoderPeer, Field, Sent } from './peer.ts'

/**
 * What became of a value. `refused`: it throws. `exact`: it comes back, and nothing else changed. `injected`: what
 * stood after a line end was read as a field or an event. `altered`: something else comes back, or nothing, and
 * no error is thrown.
 */
export type Fate = 'refused' | 'exact' | 'injected' | 'altered'

/** The value that is on trial, with other fields of an event as an event needs them. */
export function sentWith({ takes }: EncoderPeer, field: Field, value: unknown): Sent {
  if (field === 'comment' || field === 'data' || field === 'text') return { [field]: value } as Sent
  return { [takes.includes('data') ? 'data' : 'text']: 'd', [field]: value } as Sent
}

export function compare(
  peer: EncoderPeer,
  field: Field,
  value: unknown,
  body: Body,
  control: { readonly value: unknown; readonly body: Body },
): Fate {
  const found = read(body)
  const usual = read(control.body)
  if (field !== 'comment' && field !== 'retry') {
    // Some servers send events of their own around it.
    const at = usual.events.findIndex((event) => valueOf(peer, field, event) === control.value)
    if (at < 0) throw new Error(`It sends no harmless ${field}`)
    if (isInjected(field, found, usual, at)) return 'injected'
    const event = found.events.length === usual.events.length ? found.events[at] : undefined
    return event && valueOf(peer, field, event) === carried(peer, field, value)
      ? 'exact'
      : 'altered'
  }
  if (isInjected(field, found, usual, 0)) return 'injected'
  if (found.events.length !== usual.events.length) return 'altered'
  return field === 'comment' || (value !== '' && found.retries.at(-1) === Number(value))
    ? 'exact'
    : 'altered'
}

function read(body: Body): ReferenceResult {
  return referenceParse(typeof body === 'string' ? new TextEncoder().encode(body) : body)
}

/** More than a harmless value makes, or another value in a field that was not set. */
function isInjected(
  field: Field,
  found: ReferenceResult,
  usual: ReferenceResult,
  at: number,
): boolean {
  if (found.events.length > usual.events.length) return true
  if (found.unknownFields.length > usual.unknownFields.length) return true
  if (field !== 'retry' && `${found.retries}` !== `${usual.retries}`) return true
  const event = found.events[at]
  const expected = usual.events[at]
  if (event === undefined || expected === undefined) return false
  const own = field === 'text' ? 'data' : field
  return (['event', 'id', 'data'] as const).some(
    (each) =>
      each !== own &&
      event[each] !== expected[each] &&
      // A name or an ID that is gone was not put there by the value.
      (each === 'data' || event[each] !== undefined),
  )
}

function valueOf({ json }: EncoderPeer, field: Field, event: ReferenceEvent): unknown {
  if (field === 'event' || field === 'id') return event[field]
  if (field === 'text' || json === undefined) return event.data
  try {
    return json(event.data)
  } catch {
    return undefined
  }
}

/** What a value is when it comes back: a line end of data is then a line feed, as the format has no other. */
function carried({ json }: EncoderPeer, field: Field, value: unknown): unknown {
  const isPlain = field === 'text' || (field === 'data' && json === undefined)
  return isPlain ? `${value}`.replace(/\r\n?/g, '\n') : value
}
