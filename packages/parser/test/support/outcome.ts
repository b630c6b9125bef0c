import { createParser, type Parser, type ParserOptions, type SseEvent } from '@tesserae/parser'
import {
  cuts,
  type AllCutsOptions,
  type ReferenceEvent,
  type ReferenceResult,
} from '@tesserae/testkit'
import { expect } from 'vitest'

/** What a stream means, in the words of the reference. */
export type Outcome = ReferenceResult

/** Something that comes out of a stream, in the order in which it does. */
export type Item =
  | { readonly event: ReferenceEvent }
  | { readonly comment: string }
  | { readonly retry: number }
  | { readonly unknown: readonly [name: string, value: string] }

/** A plain object, since an event is a view: all of it is read. */
export const readEvent = ({ event, data, id, lastEventId }: SseEvent): ReferenceEvent => ({
  event,
  data,
  id,
  lastEventId,
})

/** Feeds the chunks one by one, drains after each, and ends. */
export function parse(chunks: Iterable<Uint8Array>, options: ParserOptions = {}): Outcome {
  return parseInOrder(chunks, options).outcome
}

/** What comes out, sorted by kind and in its order. */
export function parseInOrder(
  chunks: Iterable<Uint8Array>,
  options: ParserOptions = {},
): { outcome: Outcome; items: Item[] } {
  const items: Item[] = []
  const parser = createParser({
    ...options,
    onComment: (comment) => items.push({ comment }),
    onRetry: (retry) => items.push({ retry }),
    onUnknownField: (...unknown) => items.push({ unknown }),
  })
  for (const chunk of chunks) {
    parser.feed(chunk)
    for (const event of parser) items.push({ event: readEvent(event) })
  }
  const verdict = parser.end()
  for (const event of parser) items.push({ event: readEvent(event) })
  return {
    items,
    outcome: {
      events: items.flatMap((item) => ('event' in item ? [item.event] : [])),
      retries: items.flatMap((item) => ('retry' in item ? [item.retry] : [])),
      comments: items.flatMap((item) => ('comment' in item ? [item.comment] : [])),
      unknownFields: items.flatMap((item) => ('unknown' in item ? [item.unknown] : [])),
      lastEventId: parser.lastEventId,
      reconnectionTime: parser.reconnectionTime,
      pending: pendingOf(verdict),
    },
  }
}

/** The verdict as the reference puts it. Fields are a set. */
export function pendingOf(verdict: ReturnType<Parser['end']>): Outcome['pending'] {
  if (verdict.complete) return undefined
  return { bytes: verdict.bytes, fields: verdict.fields.toSorted() }
}

/** The same for what the reference, or a generator, says. */
export function sorted(result: Outcome): Outcome {
  const { pending } = result
  return { ...result, pending: pending && { ...pending, fields: pending.fields.toSorted() } }
}

/** Throws, naming the cut, unless `run` makes the same of the bytes however they are cut. */
export function expectForEveryCut(
  bytes: Uint8Array,
  expected: unknown,
  run: (chunks: Uint8Array[]) => unknown,
  options?: AllCutsOptions,
): void {
  const text = JSON.stringify(expected)
  for (const { name, chunks } of cuts(bytes, { memory: 'padded', ...options })) {
    const found = run(chunks)
    if (JSON.stringify(found) !== text)
      expect({ cut: name, found }).toEqual({ cut: name, found: expected })
  }
}

/** For what is compared thousands of times: text is compared fast, and the matcher says what is different. */
export function expectSame(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found).toEqual(expected)
}
