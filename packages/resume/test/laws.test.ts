import { createStreams, type SseEventInit } from '@tesserae/resume'
import { encode } from '@tesserae/encoder'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed())
/** Text that looks like the format: fields, comments, line ends, control blocks. */
const hostile = fc
  .array(
    fc.constantFrom(
      '\n',
      '\r',
      'data: ',
      'event: x',
      'id: 1-1',
      ':b',
      ':t {"reason":"end"}',
      ':w x',
      ' ',
      'é',
      '😀',
      '\0',
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''))
const name = fc
  .oneof(text, hostile)
  .map((value) => value.replaceAll(/[\r\n]/g, ''))
  .filter((value) => value !== '')

const event = fc.record<SseEventInit>(
  {
    event: name,
    data: fc.oneof(text, hostile),
    retry: fc.nat({ max: 2_147_483_647 }),
  },
  { requiredKeys: ['data'] },
)

async function collect(events: AsyncIterable<SseEventInit>): Promise<SseEventInit[]> {
  const all: SseEventInit[] = []
  for await (const each of events) all.push(each)
  return all
}

test('what a log gives back is what was put in, and encodes to the same text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
      const streams = createStreams()
      await (
        await streams.start('a', events)
      ).done
      const back = (await collect(streams.read('a'))).map(({ id: _, ...rest }) => rest)
      expect(back).toEqual(
        events.map((each) => ({ ...each, data: each.data.replaceAll(/\r\n?/g, '\n') })),
      )
      expect(back.map(encode)).toEqual(events.map(encode))
    }),
  )
})

test('an event with an `id`, or one that cannot be encoded, ends the log with `error` and is not stored', async () => {
  for (const [bad, code] of [
    [{ data: 'x', id: '7' }, 'own-id'],
    [{ data: '\ud800' }, 'lone-surrogate'],
    [{ data: 'x', event: 'a\nb' }, 'line-break'],
    [undefined as unknown as SseEventInit, 'wrong-type'],
  ] as const) {
    const streams = createStreams()
    let thrown: unknown
    const run = await streams.start('a', async function* () {
      yield { data: 'good' }
      try {
        yield bad
      } catch (error) {
        thrown = error
        throw error
      }
    })
    const ending = await run.done
    expect(ending).toMatchObject({ reason: 'error', events: 1, error: { code } })
    expect(thrown).toBe(ending.error)
    expect((await collect(streams.read('a'))).map(({ data }) => data)).toEqual([
      'good',
      '{"reason":"error"}',
    ])
  }
})

test('`maxBytes` counts UTF-8 bytes, and what is over it ends the log with `too-large`', async () => {
  for (const data of ['x'.repeat(90), 'é'.repeat(45), '漢'.repeat(30), '😀'.repeat(22) + 'xx']) {
    const size = new TextEncoder().encode(encode({ data })).length
    const read = async (maxBytes: number): Promise<number> => {
      const streams = createStreams({ maxBytes })
      const run = await streams.start('a', [{ data }, { data }])
      const { reason, events } = await run.done
      expect(reason).toBe(events === 2 ? 'end' : 'too-large')
      expect(await streams.state('a')).toBe(reason)
      return events
    }
    expect(await read(2 * size)).toBe(2)
    expect(await read(2 * size - 1)).toBe(1)
  }
})
