/**
 * Line ends in a field, and what stands after them: the attack that most encoders of server-sent events have had
 * an advisory for (among them CVE-2026-29085, CVE-2026-33128, CVE-2026-35515, CVE-2026-44214, CVE-2026-44217,
 * CVE-2026-22735). Each payload goes into each field in each way.
 */
import { encode, encodeComment, EncodeError, type SseEventInit } from '@tesserae/encoder'
import { referenceParse } from '@tesserae/testkit'
import { describe, expect, it } from 'vitest'

const lineEnds = { LF: '\n', CR: '\r', CRLF: '\r\n' }

const payloads: [name: string, payload: (end: string) => string][] = [
  ['a second data line', (end) => `x${end}data: PWN`],
  ['a whole event', (end) => `x${end}data: PWN${end}${end}data: P2`],
  [
    'a named event with a role',
    (end) => `alice${end}${end}event: admin${end}data: {"role":"root"}${end}${end}`,
  ],
  ['a reset of the last event ID', (end) => `x${end}id${end}data: PWN${end}${end}`],
  ['another last event ID', (end) => `x${end}id: 666${end}${end}`],
  ['a reconnection time', (end) => `x${end}retry: 1${end}`],
  ['an early end of the block', (end) => `x${end}${end}`],
  ['a comment', (end) => `x${end}: hidden`],
  ['an unknown field', (end) => `x${end}unknown`],
  ['a line end alone', (end) => end],
]

const read = (text: string) => referenceParse(new TextEncoder().encode(text))

for (const [end, characters] of Object.entries(lineEnds))
  describe(`after a ${end}`, () => {
    for (const [name, payload] of payloads) {
      const text = payload(characters)

      it(`${name} is refused in event and in id`, () => {
        for (const field of ['event', 'id'] as const) {
          let thrown: unknown
          try {
            encode({ data: 'd', [field]: text })
          } catch (error) {
            thrown = error
          }
          expect(thrown).toBeInstanceOf(EncodeError)
          expect(thrown).toMatchObject({ code: 'line-break', field })
        }
      })

      it(`${name} stays data in data`, () => {
        for (const around of [
          {},
          { event: 'e' },
          { id: 'i' },
          { event: 'e', id: 'i', retry: 9 },
        ] as Omit<SseEventInit, 'data'>[]) {
          const { events, retries, comments, unknownFields, lastEventId } = read(
            encode({ ...around, data: text }),
          )
          expect(events.map(({ data, event, id }) => ({ data, event, id }))).toEqual([
            {
              data: text.replaceAll('\r\n', '\n').replaceAll('\r', '\n'),
              event: around.event,
              id: around.id,
            },
          ])
          expect(retries).toEqual(around.retry === undefined ? [] : [around.retry])
          expect([comments, unknownFields, lastEventId]).toEqual([[], [], around.id ?? ''])
        }
      })

      it(`${name} stays comment in a comment`, () => {
        const { events, retries, unknownFields, lastEventId } = read(encodeComment(text))
        expect([events, retries, unknownFields, lastEventId]).toEqual([[], [], [], ''])
      })
    }
  })

it('a retry that is text is refused, whatever it says', () => {
  for (const retry of ['5\ndata: PWN', '5', '', '5\r\n\r\ndata: PWN\r\n\r\n'])
    expect(() => encode({ data: 'd', retry: retry as never })).toThrow('`retry` must be an integer')
})
