import { type ManualClock, manualClock } from '@tesserae/testkit'
import type { SeenRequest, Stage } from './play.ts'
import type { Answer, Scenario } from './scenario.ts'

const STEP = 5_000

/** Answers each request as the scenario says. */
export function answersOf({ server, rest = { status: 204 } }: Scenario): () => Answer {
  const answers = [...server]
  return () => answers.shift() ?? rest
}

/** A `fetch` that plays a server, on a clock that is moved by hand. */
export function stageByFetch(
  respond: (lastEventId: string) => Answer,
): Stage & { readonly clock: ManualClock } {
  const clock = manualClock()
  const requests: SeenRequest[] = []
  return {
    address: 'http://server.test/updates',
    clock,
    requests,
    async fetch(_, init) {
      const lastEventId = decoded(new Headers(init?.headers).get('last-event-id') ?? '')
      requests.push({ lastEventId, time: clock.now() })
      return answerBy(respond(lastEventId), clock, init!.signal!)
    },
    async pass(milliseconds, until) {
      const settled = new AbortController()
      until.then(() => settled.abort()).catch(() => {})
      for (let time = 0; time < milliseconds && !settled.signal.aborted; time += STEP)
        await clock.advance(Math.min(STEP, milliseconds - time))
    },
  }
}

/** A header holds bytes, one in each character. */
export function decoded(header: string): string {
  return new TextDecoder().decode(Uint8Array.from(header, (character) => character.charCodeAt(0)))
}

async function answerBy(
  answer: Answer,
  clock: ManualClock,
  signal: AbortSignal,
): Promise<Response> {
  const { head, after = 0, status = 200 } = answer
  if (after > 0) await pause(clock, after, signal)
  if (head === 'never') await pause(clock, Infinity, signal)
  if (head === 'cut') throw new TypeError('fetch failed')
  const headers = new Headers({ 'content-type': 'text/event-stream', ...answer.headers })
  if (answer.headers?.['content-type'] === '') headers.delete('content-type')
  if (status === 204 || status === 205) return new Response(null, { status, headers })
  return new Response(bodyOf(answer, clock, signal), { status, headers })
}

/** Pushes what the server sends, from the first read on, as a socket does: an error empties the queue. */
function bodyOf(
  { steps = [], end = 'clean' }: Answer,
  clock: ManualClock,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  let isRunning = false
  const run = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    try {
      for (const step of steps) {
        if (typeof step === 'number') await pause(clock, step, signal)
        else controller.enqueue(typeof step === 'string' ? new TextEncoder().encode(step) : step)
        // Time for a read that is pending, and for none that comes later.
        for (let turn = 0; turn < 10; turn++) await undefined
      }
      if (end === 'open') await pause(clock, Infinity, signal)
      if (end === 'cut') throw new TypeError('terminated')
      controller.close()
    } catch (error) {
      controller.error(error)
    }
  }
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isRunning) return
        isRunning = true
        // Closing or failing a stream that was cancelled throws.
        void run(controller).catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}

/** Waits, unless the request is aborted: then the timer goes with it. */
function pause(clock: ManualClock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const timer = milliseconds < Infinity ? clock.setTimeout(done, milliseconds) : undefined
    function done(): void {
      signal.removeEventListener('abort', abort)
      resolve()
    }
    function abort(): void {
      clock.clearTimeout(timer)
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
  })
}
