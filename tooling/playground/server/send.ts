import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { setImmediate as turn, setTimeout as after } from 'node:timers/promises'
import type { SseEventInit } from '@tesserae/encoder'
import { sendEvents } from '@tesserae/encoder/node'
import type { Show } from './perform.ts'

/** What stalls for ever stalls for so long, and nothing is played for longer. */
const LONGEST_MS = 300_000
/** What timers can wait for, and longer than anything is played. */
const LONGEST_WAIT_MS = 2 * LONGEST_MS
/**
 * Between the last bytes and the loss of the connection. Chromium throws away what it has not handed on yet when a
 * body fails; with this much time between, it has.
 */
const HAND_ON_MS = 100

/** Aborts when the client has gone, or has been answered. */
export function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  if (response.destroyed) gone.abort()
  else response.once('close', () => gone.abort())
  return gone.signal
}

/** Plays to one client, until the end or until it leaves. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  show: Show,
  headers: Readonly<Record<string, string>>,
  longest = LONGEST_MS,
): Promise<void> {
  const gone = goneOf(response)
  const limit = setTimeout(() => response.destroy(), longest)
  let begin = performance.now()
  const wait = (ms: number): Promise<void> =>
    after(Math.min(ms, LONGEST_WAIT_MS), undefined, { signal: gone })
  const clock: Clock = {
    until: async (at) => {
      const ms = at - (performance.now() - begin)
      // A turn at least, or Node would put two writes into one.
      if (ms > 0) await wait(ms)
      else await turn(undefined, { signal: gone })
    },
    pause: async (ms) => {
      await wait(ms)
      begin += ms
    },
  }
  try {
    if (show.headAt > 0) await clock.until(show.headAt)
    if (show.events)
      await sendEvents(request, response, paced(show.events, clock), options(headers))
    else await sendBytes(response, show, headers, clock, gone)
  } catch (error) {
    if (!gone.aborted) throw error
  } finally {
    clearTimeout(limit)
  }
}

interface Clock {
  /** Waits until so many milliseconds have passed since the request, pauses left out. */
  readonly until: (at: number) => Promise<void>
  readonly pause: (ms: number) => Promise<void>
}

function options(headers: Readonly<Record<string, string>>): Parameters<typeof sendEvents>[3] {
  // Nothing is sent that is not in the score.
  return { headers, heartbeat: 0, onError: console.error }
}

async function* paced(
  events: NonNullable<Show['events']>,
  clock: Clock,
): AsyncGenerator<SseEventInit> {
  for (const { at, event } of events) {
    if (at > 0) await clock.until(at)
    yield event
  }
}

/**
 * Bytes as they are: what was recorded has habits that no encoder would write, and cuts within an event are not the
 * encoder's to make. Waits for a client that does not read, as the encoder does.
 */
async function sendBytes(
  response: ServerResponse,
  { contentType, beats, end }: Show,
  headers: Readonly<Record<string, string>>,
  clock: Clock,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    'content-type': contentType,
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  })
  response.flushHeaders()
  for (const { at, pause, bytes } of beats) {
    if (pause > 0) await clock.pause(pause)
    await clock.until(at)
    if (!response.write(bytes)) await once(response, 'drain', { signal: gone })
  }
  await clock.until(end.at)
  if (!end.isCut) {
    response.end()
    return
  }
  await clock.pause(HAND_ON_MS)
  // What was written still arrives, and then there is no end where the framing wants one.
  response.socket?.destroySoon()
}
