import { encode, encodeComment, EncodeError, type SseEventInit } from '@tesserae/encoder'
import { EventEncoderStream } from '@tesserae/encoder/stream'
import { eventStream } from '@tesserae/encoder/web'
import { createParser } from '@tesserae/parser'
import { parseStream } from '@tesserae/parser/stream'
import { cuts } from '@tesserae/testkit'
import { hostileEvent, sseEvent } from '@tesserae/testkit/arbitraries'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const utf8 = new TextEncoder()

/** What comes back: the same, but for line ends in `data`, which the format has only one of. */
const back = ({ event, data, id }: SseEventInit) => ({
  event,
  data: data.replaceAll('\r\n', '\n').replaceAll('\r', '\n'),
  id,
})

const fields = ({ event, data, id }: SseEventInit) => ({ event, data, id })

function canBeSent(event: SseEventInit): boolean {
  try {
    encode(event)
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(EncodeError)
    return false
  }
}

describe('our parser gives back what our encoder was given', () => {
  const holdsFor = (sent: SseEventInit): void => {
    if (!canBeSent(sent)) return
    const retries: number[] = []
    const bytes = utf8.encode(`${encodeComment('before')}${encode(sent)}`)
    for (const { name, chunks } of cuts(bytes, { singlesUpTo: 64, pairsUpTo: 0, seeded: 2 })) {
      retries.length = 0
      const parser = createParser({ onRetry: (retry) => void retries.push(retry) })
      const read: SseEventInit[] = []
      for (const chunk of chunks) {
        parser.feed(chunk)
        for (const event of parser) read.push(fields(event))
      }
      expect(parser.end(), name).toMatchObject({ complete: true })
      expect(read, name).toEqual([back(sent)])
      expect(retries, name).toEqual(
        sent.retry === undefined ? [] : [sent.retry === 0 ? 0 : sent.retry],
      )
    }
  }
  it('for events that can be sent', () => fc.assert(fc.property(sseEvent(), holdsFor)))
  it('for events of an attacker', () => fc.assert(fc.property(hostileEvent(), holdsFor)))
})

it('what the parser yields can be encoded again, to the same events', () => {
  fc.assert(
    fc.property(fc.array(sseEvent(), { maxLength: 5 }), (sent) => {
      const read = (text: string): { blocks: string; events: SseEventInit[] } => {
        const parser = createParser()
        parser.feed(utf8.encode(text))
        const events = [...parser].map((event) => event.detach())
        return { blocks: events.map((event) => encode(event)).join(''), events: events.map(fields) }
      }
      const once = read(sent.map(encode).join(''))
      const twice = read(once.blocks)
      expect(twice).toEqual(once)
      expect(once.events).toEqual(sent.map(back))
    }),
  )
})

it('a response is read back as it was sent, by parseStream', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sseEvent(), { maxLength: 20 }), async (sent) => {
      const read: SseEventInit[] = []
      for await (const event of parseStream(await eventStream(sent))) read.push(fields(event))
      expect(read).toEqual(sent.map(back))
    }),
    { numRuns: 30 },
  )
})

it('EventEncoderStream writes the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sseEvent(), { maxLength: 20 }), async (sent) => {
      const events = new ReadableStream<SseEventInit>({
        start(controller) {
          for (const event of sent) controller.enqueue(event)
          controller.close()
        },
      })
      const read: SseEventInit[] = []
      for await (const event of parseStream(events.pipeThrough(new EventEncoderStream())))
        read.push(fields(event))
      expect(read).toEqual(sent.map(back))
    }),
    { numRuns: 30 },
  )
})
