import { encode, EncodeError, type SseEventInit } from '@tesserae/encoder'
import { hostileEvent, sseEvent } from '@tesserae/testkit/arbitraries'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, it } from 'vitest'

/** The parser that most JavaScript clients are built on, from another project. */
function readBack(text: string) {
  const events: EventSourceMessage[] = []
  const retries: number[] = []
  const comments: string[] = []
  const errors: unknown[] = []
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (retry) => retries.push(retry),
    onComment: (comment) => comments.push(comment),
    onError: (error) => errors.push(error),
  })
  parser.feed(text)
  return { events, retries, comments, errors }
}

function holdsFor(event: SseEventInit): void {
  let block: string
  try {
    block = encode(event)
  } catch (error) {
    expect(error).toBeInstanceOf(EncodeError)
    return
  }
  // A stream begins with a heartbeat, as those of this package do: it also keeps the parser from taking a byte
  // order mark in the first field for the stream's own.
  const { events, retries, comments, errors } = readBack(`:\n\n${block}`)
  expect(events.map(({ event: name, data, id }) => ({ name, data, id }))).toEqual([
    {
      name: event.event,
      data: event.data.replaceAll('\r\n', '\n').replaceAll('\r', '\n'),
      id: event.id,
    },
  ])
  expect(retries).toEqual(event.retry === undefined ? [] : [event.retry === 0 ? 0 : event.retry])
  expect([comments, errors]).toEqual([[''], []])
}

it('eventsource-parser reads back the event that was encoded, and no other', () =>
  fc.assert(fc.property(sseEvent(), holdsFor)))
it('eventsource-parser reads back a hostile event, if it could be encoded', () =>
  fc.assert(fc.property(hostileEvent(), holdsFor)))
