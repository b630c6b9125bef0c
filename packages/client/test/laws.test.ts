import { ClientError, connect, type ConnectOptions } from '@tesserae/client'
import { seededCuts, watchedSignal } from '@tesserae/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stageByFetch } from './support/by-fetch.ts'
import type { Answer } from './support/scenario.ts'

/** What goes wrong with one response. */
interface Fault {
  readonly kind: 'none' | 'cut' | 'silence' | 'no answer' | 'no head' | 'status'
  /** Where in the body, from 0 to 1. */
  readonly at: number
  readonly retry: number | undefined
  readonly seed: number
}

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom('none', 'cut', 'silence', 'no answer', 'no head', 'status'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  retry: fc.option(fc.constantFrom(0, 10, 1_000, 40_000), { nil: undefined }),
  seed: fc.nat(),
})

const FLOOR = 250

/** A server with a log: it sends what comes after `Last-Event-ID`, and something goes wrong. */
function serverOf(length: number, faults: readonly Fault[]): (lastEventId: string) => Answer {
  const left = [...faults]
  return (lastEventId) => {
    const { kind, at, retry, seed } = left.shift() ?? {
      kind: 'none',
      at: 1,
      retry: undefined,
      seed: 0,
    }
    if (kind === 'no answer') return { head: 'cut' }
    if (kind === 'no head') return { head: 'never' }
    if (kind === 'status') return { status: 503, headers: { 'content-type': 'text/plain' } }
    const from = Number(lastEventId)
    if (kind === 'none' && from === length) return { status: 204 }
    const blocks = Array.from({ length: length - from }, (_, index) => {
      const id = from + index + 1
      return `id: ${id}\ndata: ${id}\ndata: é\n\n`
    })
    const head = retry === undefined ? '' : `retry: ${retry}\n\n`
    const bytes = new TextEncoder().encode(head + blocks.join(''))
    const sent = kind === 'none' ? bytes : bytes.subarray(0, Math.floor(at * bytes.length))
    const end = kind === 'cut' ? 'cut' : kind === 'silence' ? 'open' : 'clean'
    const [{ chunks } = { chunks: [] }] = seededCuts(sent, seed, 1)
    return { steps: chunks, end }
  }
}

interface Run {
  readonly events: readonly string[]
  /** The ID of the last event that was delivered before each request, and what the request carried. */
  readonly carried: readonly (readonly [delivered: string, sent: string])[]
  readonly times: readonly number[]
  readonly error: unknown
}

/** Reads to the end, and checks that nothing is left behind. */
async function run(
  respond: (lastEventId: string) => Answer,
  options: ConnectOptions,
  closeAfter = Infinity,
): Promise<Run> {
  let delivered = ''
  const carried: [string, string][] = []
  const stage = stageByFetch((lastEventId) => {
    carried.push([delivered, lastEventId])
    return respond(lastEventId)
  })
  const { signal, listeners } = watchedSignal()
  const signals: AbortSignal[] = []
  const connection = connect(stage.address, {
    idleTimeout: 5_000,
    headTimeout: 5_000,
    ...options,
    clock: stage.clock,
    signal,
    fetch: (input, init) => {
      signals.push(init!.signal!)
      return stage.fetch(input, init)
    },
  })
  const events: string[] = []
  let error: unknown
  const reading = (async () => {
    for await (const event of connection) {
      events.push(event.data)
      delivered = event.lastEventId
      if (events.length === closeAfter) connection.close()
    }
  })().catch((caught: unknown) => void (error = caught))
  await stage.pass(3_600_000, reading)
  expect(connection.state).toBe('closed')
  expect(stage.clock.timers).toBe(0)
  expect(listeners()).toBe(0)
  expect(signals.every(({ aborted }) => aborted)).toBe(true)
  return { events, carried, times: stage.requests.map(({ time }) => time), error }
}

const faults = fc.array(fault, { maxLength: 6 })
const length = fc.integer({ min: 0, max: 8 })
const random = fc.double({ min: 0, max: 0.999, noNaN: true })

describe('over a server with a log, whatever breaks', () => {
  test('the events are a walk of the log without a gap or a repetition', async () => {
    await fc.assert(
      fc.asyncProperty(length, faults, random, async (length, faults, random) => {
        const { events, error } = await run(serverOf(length, faults), { random: () => random })
        expect(error).toBeUndefined()
        expect(events).toEqual(Array.from({ length }, (_, index) => `${index + 1}\né`))
      }),
    )
  })

  test('a request carries the ID of the last delivered event', async () => {
    await fc.assert(
      fc.asyncProperty(length, faults, async (length, faults) => {
        const { carried } = await run(serverOf(length, faults), {})
        for (const [delivered, sent] of carried) expect(sent).toBe(delivered)
      }),
    )
  })

  test('no window of time holds more than 1 + window / minDelay requests', async () => {
    await fc.assert(
      fc.asyncProperty(length, faults, random, async (length, faults, random) => {
        const { times } = await run(serverOf(length, faults), { random: () => random })
        for (const [first, start] of times.entries())
          for (const [last, end] of times.entries())
            if (last > first)
              expect(last - first + 1).toBeLessThanOrEqual(1 + (end - start) / FLOOR + 1e-6)
      }),
    )
  })

  test('a POST is sent once, and its events are the beginning of the log', async () => {
    await fc.assert(
      fc.asyncProperty(length, fault, async (length, fault) => {
        const { events, times, error } = await run(serverOf(length, [fault]), { method: 'POST' })
        expect(times.length).toBe(1)
        expect(events).toEqual(Array.from({ length: events.length }, (_, at) => `${at + 1}\né`))
        if (fault.kind === 'none') expect(error).toBeUndefined()
        else expect(error).toBeInstanceOf(ClientError)
      }),
    )
  })

  test('nothing is delivered after close(), and nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        length,
        faults,
        fc.integer({ min: 1, max: 8 }),
        async (length, faults, stop) => {
          const { events } = await run(serverOf(length, faults), {}, stop)
          expect(events.length).toBe(Math.min(length, stop))
        },
      ),
    )
  })
})

test('a connection that is cut at any byte delivers the log', async () => {
  const size = new TextEncoder().encode('id: 1\ndata: 1\ndata: é\n\n').length * 3
  for (let at = 0; at <= size; at++) {
    const cut: Fault = { kind: 'cut', at: at / size, retry: undefined, seed: at }
    const { events } = await run(serverOf(3, [cut]), {})
    expect(events, `cut after ${at} bytes`).toEqual(['1\né', '2\né', '3\né'])
  }
})
