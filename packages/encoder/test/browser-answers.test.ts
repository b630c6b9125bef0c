import { createHub } from '@tesserae/encoder/hub'
import { eventStream, type StreamSource, type WebStreamOptions } from '@tesserae/encoder/web'
import { referenceParse } from '@tesserae/testkit'
import { describe, expect, it } from 'vitest'

const tooLong = new Request('http://localhost/', {
  headers: { 'last-event-id': 'x'.repeat(1025) },
})

async function fullHub() {
  const hub = createHub({ maxClients: 0 })
  return hub.source()
}
async function drainedHub() {
  const hub = createHub()
  await hub.drain()
  return hub.source()
}

const cases: Record<string, [() => Promise<StreamSource> | StreamSource, WebStreamOptions]> = {
  'to a client of a full hub': [fullHub, {}],
  'to a client of a drained hub': [drainedHub, {}],
  'to a Last-Event-ID that is too long': [() => [{ data: 'a' }], { request: tooLong }],
}

describe('the answer that a browser survives', () => {
  for (const [name, [source, options]] of Object.entries(cases))
    it(`is 200 with a reconnection time ${name}`, async () => {
      const errors: unknown[] = []
      const response = await eventStream(await source(), {
        ...options,
        onError: (error) => void errors.push(error),
      })
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream',
      ])
      const { events, reconnectionTime } = await parsed(response)
      expect(events).toEqual([])
      expect(reconnectionTime).toBeGreaterThanOrEqual(3000)
      expect(reconnectionTime).toBeLessThanOrEqual(6000)
      expect(errors).toHaveLength(1)
    })

  it('resets an id that is too long, so that the next request succeeds', async () => {
    const response = await eventStream([{ data: 'a' }], { request: tooLong })
    expect(await response.text()).toMatch(/^retry: \d+\n\nid:\n\n$/)
  })

  it('is not shorter than the `retry` of the stream', async () => {
    const response = await eventStream(await fullHub(), { retry: 60_000 })
    expect((await parsed(response)).reconnectionTime).toBe(60_000)
  })
})

describe('a source that fails', () => {
  async function* failing() {
    yield { data: 'a' }
    throw new Error('broken')
  }

  it('makes a browser wait at least 3 seconds, whatever `retry` says', async () => {
    const { events, reconnectionTime } = await parsed(await eventStream(failing, { retry: 20 }))
    expect(reconnectionTime).toBeGreaterThanOrEqual(3000)
    expect(events.map(({ event }) => event)).toEqual([undefined, 'stream-error'])
  })

  it('does not send an event with the name that `EventSource` uses for its own errors', async () => {
    expect(await (await eventStream(failing)).text()).not.toContain('event: error\n')
  })

  it('leaves the reconnection time to an event of formatError that has one', async () => {
    const formatError = () => ({ event: 'failed', data: '', retry: 10 })
    expect((await parsed(await eventStream(failing, { formatError }))).reconnectionTime).toBe(10)
  })
})

async function parsed(response: Response) {
  const { events, retries } = referenceParse(new Uint8Array(await response.arrayBuffer()))
  return { events, reconnectionTime: retries.at(-1) }
}
