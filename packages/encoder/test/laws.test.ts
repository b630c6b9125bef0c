import {
  encode,
  encodeComment,
  EncodeError,
  encodeInto,
  frame,
  type SseEventInit,
} from '@tesserae/encoder'
import { referenceParse } from '@tesserae/testkit'
import { hostileEvent, illTypedEvent, sseEvent } from '@tesserae/testkit/arbitraries'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const utf8 = new TextEncoder()

/** What a parser must give back for an event: the same, but for the line ends in `data`. */
const asRead = ({ event, data, id }: SseEventInit) => ({
  event,
  data: data.replaceAll('\r\n', '\n').replaceAll('\r', '\n'),
  id,
  lastEventId: id ?? '',
})

/** The standard's rules, said as plainly as can be: the encoder refuses an event if and only if this does. */
function canBeCarried({ event, data, id, retry }: SseEventInit): boolean {
  // Point by point: WebKit 2.50 finds no surrogate in '\ud800\ufeff' when it searches the whole.
  const isText = (text: unknown): text is string =>
    typeof text === 'string' && [...text].every((point) => !/^[\ud800-\udfff]$/.test(point))
  return (
    isText(data) &&
    (event === undefined || (isText(event) && event !== '' && !/[\r\n]/.test(event))) &&
    // A longer `id` would be refused when it comes back as `Last-Event-ID`.
    (id === undefined || (isText(id) && !/[\r\n\0]/.test(id) && utf8.encode(id).length <= 1024)) &&
    (retry === undefined || (Number.isInteger(retry) && retry >= 0 && retry <= 2147483647))
  )
}

describe('encode gives one event that is read back equal, or a typed error', () => {
  const holdsFor = (event: SseEventInit): void => {
    let block: string
    const target = new Uint8Array(3 * (event.data?.length ?? 0) + 500_000)
    try {
      block = encode(event)
    } catch (error) {
      expect(error).toBeInstanceOf(EncodeError)
      expect(canBeCarried(event)).toBe(false)
      expect(() => encodeInto(event, target)).toThrow(EncodeError)
      expect(target.every((byte) => byte === 0)).toBe(true)
      expect(() => frame(event)).toThrow(EncodeError)
      return
    }
    expect(canBeCarried(event)).toBe(true)
    const bytes = utf8.encode(block)
    // The block stands between two others, so that nothing it holds can reach out of it.
    const around = utf8.encode(`data: before\n\n${block}data: after\n\n`)
    const { events, retries, comments, unknownFields, pending } = referenceParse(around)
    expect(events.slice(0, 2)).toEqual([
      { event: undefined, data: 'before', id: undefined, lastEventId: '' },
      asRead(event),
    ])
    expect(events.slice(2)).toEqual([
      { event: undefined, data: 'after', id: undefined, lastEventId: event.id ?? '' },
    ])
    expect(retries).toEqual(event.retry === undefined ? [] : [event.retry === 0 ? 0 : event.retry])
    expect([comments, unknownFields, pending]).toEqual([[], [], undefined])

    const length = encodeInto(event, target, 7)
    expect(target.subarray(7, 7 + length)).toEqual(bytes)
    expect(frame(event).bytes).toEqual(bytes)
    const { data, ...rest } = asRead(event)
    expect(encode({ ...event, data })).toBe(
      encode({ ...event, ...(rest.id === undefined ? {} : { id: rest.id }) }),
    )
  }

  it('for events that can be sent', () => fc.assert(fc.property(sseEvent(), holdsFor)))
  it('for events of an attacker', () => fc.assert(fc.property(hostileEvent(), holdsFor)))
  it('for every pair of UTF-16 units in each field', () => {
    const units = [
      0, 9, 10, 13, 32, 58, 127, 128, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000,
      0xfeff, 0xffff,
    ]
    for (const a of units)
      for (const b of units) {
        const text = String.fromCharCode(a, b)
        for (const event of [{ data: text }, { data: '', event: text }, { data: '', id: text }])
          holdsFor(event)
      }
  })
})

it('refuses a value that is not an event with a typed error', () => {
  fc.assert(
    fc.property(illTypedEvent(), (value) => {
      const event = value as SseEventInit
      try {
        const { events } = referenceParse(utf8.encode(encode(event)))
        expect(events).toEqual([asRead(event)])
      } catch (error) {
        expect(error).toBeInstanceOf(EncodeError)
      }
    }),
  )
})

it('a comment never becomes an event', () => {
  fc.assert(
    fc.property(hostileEvent(), ({ data: text }) => {
      fc.pre(text.isWellFormed())
      const { events, comments, retries, unknownFields } = referenceParse(
        utf8.encode(encodeComment(text)),
      )
      expect([events, retries, unknownFields]).toEqual([[], [], []])
      expect(comments).toEqual(text.split(/\r\n|\r|\n/).map((line) => ` ${line}`))
    }),
  )
})

it('blocks and comments do not change each other when they are joined', () => {
  const part = fc.oneof(
    sseEvent().map((event) => ({ text: encode(event), event })),
    sseEvent().map(({ data }) => ({ text: encodeComment(data), event: undefined })),
  )
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const { events } = referenceParse(utf8.encode(parts.map(({ text }) => text).join('')))
      let lastEventId = ''
      const sent = parts.flatMap(({ event }) => {
        if (event === undefined) return []
        lastEventId = event.id ?? lastEventId
        return [{ ...asRead(event), lastEventId }]
      })
      expect(events).toEqual(sent)
    }),
  )
})
