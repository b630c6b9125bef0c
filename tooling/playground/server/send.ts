import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { setImmediate as turn, setTimeout as after } from 'node:timers/promises'
import type { SseEvent } from '@tesserae/encoder'
import { sendEvents } from '@tesserae/encoder/node'
import type { Performance } from './performance.ts'

/** What stalls for ever stalls for so long, and nothing is played for longer. */
export const LONGEST_MS = 300_000

/** Plays to one client, until the end or until it leaves. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  show: Performance,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const limit = setTimeout(() => response.destroy(), LONGEST_MS)
  const begin = performance.now()
  const until = async (at: number): Promise<void> => {
    const wait = Math.min(at - (performance.now() - begin), 2 * LONGEST_MS)
    // A turn at least, or Node would put two writes into one.
    if (wait > 0) await after(wait, undefined, { signal: gone.signal })
    else await turn(undefined, { signal: gone.signal })
  }
  try {
    if (show.headAt > 0) await until(show.headAt)
    if (show.events)
      await sendEvents(request, response, paced(show.events, until), options(headers))
    else await sendBytes(response, show, headers, until, gone.signal)
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    clearTimeout(limit)
    gone.abort()
  }
}

type Until = (at: number) => Promise<void>

function options(headers: Readonly<Record<string, string>>): Parameters<typeof sendEvents>[3] {
  // Nothing is sent that is not in the score.
  return { headers, heartbeat: 0, onError: console.error }
}

async function* paced(
  events: NonNullable<Performance['events']>,
  until: Until,
): AsyncGenerator<SseEvent> {
  for (const { at, event } of events) {
    if (at > 0) await until(at)
    yield event
  }
}

/**
 * Bytes as they are: what was recorded has habits that no encoder would write, and cuts within an event are not the
 * encoder's to make. Waits for a client that does not read, as the encoder does.
 */
async function sendBytes(
  response: ServerResponse,
  { contentType, beats, end }: Performance,
  headers: Readonly<Record<string, string>>,
  until: Until,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    'content-type': contentType,
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  })
  response.flushHeaders()
  for (const { at, bytes } of beats) {
    await until(at)
    if (!response.write(bytes)) await once(response, 'drain', { signal: gone })
  }
  await until(end.at)
  // What was written still arrives, and then there is no end where the framing wants one.
  if (end.isCut) response.socket?.destroySoon()
  else response.end()
}
