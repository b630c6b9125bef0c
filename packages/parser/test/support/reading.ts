import type { Parser, SseEvent } from '@tesserae/parser'
import { referenceDecode, type ReferenceEvent } from '@tesserae/testkit'
import fc, { type Arbitrary } from 'fast-check'

/** What a consumer may do with an event: decoding is lazy and shared, so the order in which data is read is a case. */
export const WAYS = [
  'now',
  'bytes',
  'never',
  'twice',
  'after the next chunk',
  'at the end',
  'at the end, backwards',
  'detached',
] as const

export type Way = (typeof WAYS)[number]

/** How a consumer goes about a stream. Both lists are gone through again and again. */
export interface Reading {
  /** What it does with each event. */
  readonly ways: readonly Way[]
  /** How many events it takes at most after each chunk. The rest waits, and chunks queue. */
  readonly takes: readonly number[]
}

export const anyReading = (): Arbitrary<Reading> =>
  fc.record({
    ways: fc.oneof(
      fc.constantFrom<Way[]>(['now'], ['bytes'], ['never', 'now'], ['now', 'now', 'never']),
      fc.array(fc.constantFrom<Way>(...WAYS), { minLength: 1, maxLength: 8 }),
    ),
    takes: fc.oneof(
      fc.constant([Infinity]),
      fc.array(fc.constantFrom(0, 1, 2, Infinity), { minLength: 1, maxLength: 5 }),
    ),
  })

/** An event as far as it was read. */
export type Read = Omit<ReferenceEvent, 'data'> & { data: string | undefined }

/** Goes through a stream as planned. */
export function readAsPlanned(
  parser: Pick<Parser, 'feed' | 'next'> & { end: () => unknown },
  chunks: Iterable<Uint8Array>,
  { ways, takes }: Reading,
): Read[] {
  const reads: Read[] = []
  let later: (() => void)[] = []
  const atEnd: (() => void)[] = []
  const backwards: (() => void)[] = []

  const take = (most: number): void => {
    for (let taken = 0; taken < most; taken++) {
      const event = parser.next()
      if (event === undefined) return
      const { event: name, id, lastEventId } = event
      const read: Read = { event: name, data: undefined, id, lastEventId }
      const way = ways[reads.length % ways.length] as Way
      reads.push(read)
      deal(event, read, way)
    }
  }
  const deal = (event: SseEvent, read: Read, way: Way): void => {
    const readData = (): void => {
      const { data } = event
      if (read.data !== undefined && read.data !== data)
        throw new Error('It reads differently twice.')
      read.data = data
    }
    if (way === 'now' || way === 'twice') readData()
    if (way === 'bytes') read.data = referenceDecode(event.bytes)
    if (way === 'after the next chunk') later.push(readData)
    if (way === 'at the end' || way === 'twice') atEnd.push(readData)
    if (way === 'at the end, backwards') backwards.unshift(readData)
    if (way === 'detached') {
      const copy = event.detach()
      atEnd.push(() => (read.data = copy.data))
    }
  }

  let count = 0
  for (const chunk of chunks) {
    parser.feed(chunk)
    const now = later
    later = []
    for (const run of now) run()
    take(takes[count++ % takes.length] as number)
  }
  parser.end()
  take(Infinity)
  for (const run of [...later, ...atEnd, ...backwards]) run()
  return reads
}

/** What the same reading makes of the events that there are. */
export const asPlanned = (events: readonly ReferenceEvent[], { ways }: Reading): Read[] =>
  events.map(({ event, data, id, lastEventId }, index) => ({
    event,
    data: ways[index % ways.length] === 'never' ? undefined : data,
    id,
    lastEventId,
  }))
