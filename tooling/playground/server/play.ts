import { setImmediate as turn, setTimeout as after } from 'node:timers/promises'
import type { Show } from './perform.ts'
import { bodyOf, CORS } from './responses.ts'

/** What stalls for ever stalls for so long, and nothing is played for longer. */
const LONGEST_MS = 300_000
/** What timers can wait for, and longer than anything is played. */
const LONGEST_WAIT_MS = 2 * LONGEST_MS
/**
 * Between the last bytes and the loss of the connection. Chromium throws away what it has not handed on yet when a
 * body fails; with this much time between, it has.
 */
const HAND_ON_MS = 100

/**
 * Plays to one client, until the end or until it leaves. The bytes are sent as they are: what was recorded has habits that
 * no encoder would write, and cuts within an event are not the encoder's to make.
 */
export async function play(
  { contentType, headAt, beats, end }: Show,
  over: AbortController,
  longest = LONGEST_MS,
): Promise<Response> {
  // Unlike a listener for `abort`, this also ends when the signal is aborted already.
  after(longest, undefined, { signal: over.signal }).then(
    () => over.abort(),
    () => {},
  )
  let begin = performance.now()
  const wait = (ms: number): Promise<void> =>
    after(Math.min(ms, LONGEST_WAIT_MS), undefined, { signal: over.signal })
  const until = async (at: number): Promise<void> => {
    const ms = at - (performance.now() - begin)
    // A turn at least, or Node would put two writes into one.
    if (ms > 0) await wait(ms)
    else await turn(undefined, { signal: over.signal })
  }
  async function* written(): AsyncGenerator<Uint8Array> {
    for (const { at, pause, bytes } of beats) {
      if (pause > 0) await wait(pause)
      begin += pause
      await until(at)
      yield bytes
    }
    await until(end.at)
    if (!end.isCut) return
    await wait(HAND_ON_MS)
    over.abort()
  }
  if (headAt > 0) await until(headAt)
  return new Response(bodyOf(written()), {
    headers: {
      'content-type': contentType,
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      ...CORS,
    },
  })
}
