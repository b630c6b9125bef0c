import type { SseEventInit } from '@tesserae/encoder'
import type { EventStream, EventStreamOptions } from '@tesserae/encoder/web'

/** An event as a client sees it. */
export type Seen = readonly [name: string, data: string, lastEventId: string]

/** What makes clients differ: line ends, spaces, names, empty data, every width of UTF-8, text that looks like the format. */
const payloads: readonly Omit<SseEventInit, 'id'>[] = [
  { data: 'plain' },
  { event: 'named', data: 'with a name' },
  { data: 'LF\nCRLF\r\nCR\rend' },
  { data: '  leading spaces stay\n two' },
  { data: '' },
  { data: '\n\n' },
  { data: 'é語🧩 e\u0301 \u2028 \u0000 \ufeff' },
  { data: 'data: no\n\nevent: injection\nid: 9' },
  { event: 'named', data: '{"json": [1, "\\n"]}' },
  { data: ': no comment' },
  { event: 'é語', data: 'a name beyond ASCII' },
  { data: 'x'.repeat(100_000) },
  { data: 'retry: 1' },
  { event: 'named', data: 'almost last', retry: 15 },
  { data: 'last' },
]

/** Ids beyond ASCII come back in a header, where they are the bytes of their UTF-8. */
const script: readonly SseEventInit[] = payloads.map((event, index) => ({
  ...event,
  id: `${index + 1}-é語`,
}))

/** So many events come on each connection, so that a client has to reconnect and say where it left off. */
const PER_CONNECTION = 6

/** The names to listen for; `end` comes last. */
export const names: readonly string[] = ['message', 'named', 'é語', 'end']

/** What a client has seen in the end: the script, with each line end in data as LF. */
export const expected: readonly Seen[] = script.map(({ event = 'message', data, id = '' }) => [
  event,
  data.replaceAll('\r\n', '\n').replaceAll('\r', '\n'),
  id,
])

export const connections: number = Math.ceil(script.length / PER_CONNECTION)

/**
 * `/script`: a part of the script, from where the client left off.
 * `/late`: two events some time after the head, each with the moment at which it was sent.
 */
export async function play(path: string, { lastEventId, send }: EventStream): Promise<void> {
  if (path.startsWith('/late')) {
    for (let i = 0; i < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      await send({ event: 'named', data: `${Date.now()}` })
    }
    return
  }
  const from = lastEventId === undefined ? 0 : script.findIndex(({ id }) => id === lastEventId) + 1
  for (const event of script.slice(from, from + PER_CONNECTION)) await send(event)
}

/** The options of a response: the last part of the script is the end for good. */
export function optionsFor(
  path: string,
  lastEventId: string | null | undefined,
): EventStreamOptions {
  const last = Buffer.from(lastEventId ?? '', 'latin1').toString()
  const from = script.findIndex(({ id }) => id === last || id === lastEventId) + 1
  return {
    // Browsers ask from a page of another origin.
    headers: { 'access-control-allow-origin': '*' },
    retry: 20,
    final: path.startsWith('/late') || from + PER_CONNECTION >= script.length,
  }
}
