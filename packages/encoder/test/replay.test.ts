import type { SseEventInit } from '@tesserae/encoder'
import { createHub, type HubOptions } from '@tesserae/encoder/hub'
import { eventStream, openStream, type StreamSummary } from '@tesserae/encoder/web'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

const idsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => Number(id))
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** A log that is read asynchronously, and a hub to which every event is published after it was appended. */
function logged(options?: HubOptions) {
  const log: SseEventInit[] = []
  const hub = createHub(options)
  return {
    hub,
    log,
    append(data = 'x') {
      const event = { id: `${log.length + 1}`, data }
      log.push(event)
      return event
    },
    /** Reads up to the end that the log has after the delay. */
    replayAfter: (delay: number, pause = 0) =>
      async function* ({ lastEventId }: { lastEventId: string | undefined }) {
        await sleep(delay)
        for (const event of log.slice(Number(lastEventId ?? 0))) {
          yield event
          if (pause > 0) await sleep(pause)
        }
      },
  }
}

async function textOf(response: Response, hub: { drain(): Promise<void> }) {
  const text = response.text()
  await sleep(60)
  await hub.drain()
  return text
}

describe('a client that joins with a replay', () => {
  it('gets what it missed, then what was published meanwhile, then what follows', async () => {
    const { hub, append, replayAfter } = logged()
    for (let i = 0; i < 3; i++) void hub.publish(append())
    const request = new Request('http://localhost/', { headers: { 'last-event-id': '1' } })
    const response = await eventStream(hub.source({ replay: replayAfter(20, 5) }), { request })
    void hub.publish(append())
    await sleep(25)
    void hub.publish(append())
    const text = response.text()
    await sleep(60)
    void hub.publish(append())
    await hub.drain()
    expect(idsOf(await text)).toEqual([2, 3, 4, 5, 6])
  })

  it('gets each event once, in order, however reads, appends and publishes interleave', async () => {
    const step = fc.constantFrom('append', 'publish', 'turn')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(10), async (steps, delay) => {
        const { hub, append, replayAfter, log } = logged()
        let published = 0
        const publishNext = () => {
          if (published < log.length) void hub.publish(log[published++]!)
        }
        for (let i = 0; i < 3; i++) append()
        publishNext()
        const response = await eventStream(hub.source({ replay: replayAfter(delay) }))
        const text = response.text()
        for (const each of steps) {
          if (each === 'append') append()
          if (each === 'publish') publishNext()
          if (each === 'turn') await sleep(0)
        }
        while (published < log.length) publishNext()
        await sleep(delay + 5)
        await hub.drain()
        expect(idsOf(await text)).toEqual(numbers(1, log.length))
      }),
      { numRuns: 40 },
    )
  })

  it('gets an event once that is replayed before it is published', async () => {
    const { hub, append, replayAfter } = logged()
    const events = [append(), append()]
    const response = await eventStream(hub.source({ replay: replayAfter(0) }))
    await sleep(20)
    for (const event of events) void hub.publish(event)
    void hub.publish(append())
    expect(idsOf(await textOf(response, hub))).toEqual([1, 2, 3])
  })

  it('gets an event once that is published after one without an id', async () => {
    const { hub, append, replayAfter } = logged({
      onJoin: (client) => void client.send({ data: 'welcome' }),
    })
    append()
    const response = await eventStream(hub.source({ replay: replayAfter(20) }))
    void hub.publish(append())
    await sleep(40)
    void hub.publish({ data: 'without an id' })
    void hub.publish({ id: '2', data: 'late' })
    void hub.publish(append())
    const text = await textOf(response, hub)
    expect(idsOf(text)).toEqual([1, 2, 3])
    expect(text).toContain('data: welcome\n\n')
    expect(text).toContain('data: without an id\n\n')
  })

  it('is dropped, and can resume, when more is published meanwhile than its queue may hold', async () => {
    const { hub, append, replayAfter } = logged({ queueBytes: 1000 })
    const ends: StreamSummary[] = []
    // Not a time: on a busy machine the replay could end before the queue is full.
    let begin!: () => void
    const published = new Promise<void>((resolve) => (begin = resolve))
    const replayNow = replayAfter(0)
    const replay = async function* (stream: { lastEventId: string | undefined }) {
      await published
      yield* replayNow(stream)
    }
    await eventStream(hub.source({ replay }), { onClose: (end) => void ends.push(end) })
    for (let i = 0; i < 30; i++) await hub.publish(append('x'.repeat(100)))
    begin()
    expect(ends).toMatchObject([{ reason: 'slow' }])
    expect(hub.counters()).toMatchObject({ clients: 0, queued: 0, evicted: 1 })
  })

  it('makes the publisher wait with the policy `wait`', async () => {
    const { hub, append, replayAfter } = logged({ queueBytes: 1000, policy: 'wait' })
    const response = await eventStream(hub.source({ replay: replayAfter(50) }))
    const text = response.text()
    for (let i = 0; i < 30; i++) await hub.publish(append('x'.repeat(100)))
    await hub.drain()
    expect(idsOf(await text)).toEqual(numbers(1, 30))
  })

  it('gets the error event if the look-up fails', async () => {
    const hub = createHub()
    const errors: unknown[] = []
    const fault = new Error('no connection')
    const replay = async () => {
      await sleep(5)
      throw fault
    }
    const response = await eventStream(hub.source({ replay }), {
      onError: (error) => void errors.push(error),
    })
    expect(await response.text()).toContain('event: stream-error')
    expect(errors).toEqual([fault])
    expect(hub.counters()).toMatchObject({ clients: 0, queued: 0 })
  })

  it('of `openStream` gets the error event too, and leaves the hub', async () => {
    const hub = createHub()
    const errors: unknown[] = []
    const fault = new Error('no connection')
    const stream = openStream({ onError: (error) => void errors.push(error) })
    const text = stream.response.text()
    const joined = hub.join(stream, {
      replay: async () => {
        throw fault
      },
    })
    expect(await joined).toMatchObject({ reason: 'error', cause: fault })
    expect(await text).toContain('event: stream-error')
    expect(errors).toEqual([fault])
    expect(hub.counters()).toMatchObject({ clients: 0, queued: 0 })
  })

  it('has the replay returned, and its signal aborted, when it goes', async () => {
    const hub = createHub()
    let returned = 0
    const response = await eventStream(
      hub.source({
        async *replay({ signal }) {
          try {
            yield { id: '1', data: 'a' }
            await new Promise((_, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason)),
            )
          } finally {
            returned++
          }
        },
      }),
    )
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await sleep(5)
    expect(returned).toBe(1)
    expect(hub.counters().clients).toBe(0)
  })

  it('has a replay cancelled that waits when it goes, like every sequence', async () => {
    const hub = createHub()
    const ended: string[] = []
    const errors: unknown[] = []
    const onError = (error: unknown) => void errors.push(error)
    const replays = [
      new ReadableStream<SseEventInit>({
        start: (controller) => controller.enqueue({ id: '1', data: 'a' }),
        cancel: () => void ended.push('cancelled'),
      }),
      {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          async return() {
            ended.push('returned')
            return { done: true as const, value: undefined }
          },
        }),
      },
    ]
    for (const sequence of replays) {
      const response = await eventStream(hub.source({ replay: () => sequence }), { onError })
      const reader = response.body!.getReader()
      await reader.read()
      await reader.cancel()
    }
    await sleep(5)
    expect(ended).toEqual(['cancelled', 'returned'])
    expect(errors).toEqual([])
    expect(hub.counters().clients).toBe(0)
  })
})
