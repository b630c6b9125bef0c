import { createHub } from '@tesserae/encoder/hub'
import { type NodeResponse, sendEvents, type EventStreamOptions } from '@tesserae/encoder/node'
import { describe, expect, it } from 'vitest'

const request = { method: 'GET', headers: {} }

/** A response that notes what is asked of it. */
function recorder(headersSent = false) {
  const asked: string[] = []
  const written: Uint8Array[] = []
  const listeners: Record<string, () => void> = {}
  const response: NodeResponse = {
    headersSent,
    writeHead: () => asked.push('writeHead'),
    write(chunk) {
      asked.push('write')
      written.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk)
      return true
    },
    end: () => asked.push('end'),
    destroy: () => asked.push('destroy'),
    on: (event, listener) => (listeners[event] = listener),
  }
  return { response, asked, written, listeners }
}

function counted() {
  const counts = { asked: 0, returned: 0 }
  const iterator = {
    async next() {
      counts.asked++
      return { done: false as const, value: { data: 'x' } }
    },
    async return() {
      counts.returned++
      return { done: true as const, value: undefined }
    },
  }
  return { source: { [Symbol.asyncIterator]: () => iterator }, counts }
}

describe('a mistake of the server rejects, once, before anything is sent', () => {
  const cases: [code: string, options: EventStreamOptions, headersSent?: boolean][] = [
    ['bad-option', { highWaterMark: Number.NaN }],
    ['bad-option', { stallTimeout: -1 }],
    ['bad-option', { heartbeat: { every: -5 } }],
    ['bad-option', { heartbeat: null as never }],
    ['bad-retry', { retry: -1 }],
    ['forbidden-header', { headers: { connection: 'close' } }],
    ['head-sent', {}, true],
  ]
  for (const [code, options, headersSent] of cases)
    it(`${code}: ${JSON.stringify(options)}`, async () => {
      const { source, counts } = counted()
      const { response, asked, listeners } = recorder(headersSent)
      const told: unknown[] = []
      const onError = (error: unknown) => void told.push(error)
      await expect(
        sendEvents(request, response, source, { ...options, onError }),
      ).rejects.toMatchObject({ code })
      expect([asked, told, counts]).toEqual([[], [], { asked: 0, returned: 1 }])
      // A handler that answers with an error now may write much, and hang up.
      for (const event of ['drain', 'error', 'close']) listeners[event]?.()
      expect([asked, told]).toEqual([[], []])
    })

  it('rejects once with what a source throws', async () => {
    const fault = new Error('no such user')
    const { response, asked } = recorder()
    const told: unknown[] = []
    const source = async () => {
      throw fault
    }
    await expect(
      sendEvents(request, response, source, { onError: (error) => void told.push(error) }),
    ).rejects.toBe(fault)
    expect([asked, told]).toEqual([[], []])
  })
})

it('gives all responses of a hub the same bytes of an event', async () => {
  const hub = createHub()
  const recorders = [recorder(), recorder()] as const
  const ends = recorders.map(({ response }) => sendEvents(request, response, hub.source()))
  await hub.publish({ data: 'for all' })
  await new Promise((resolve) => setTimeout(resolve, 5))
  await hub.drain()
  await Promise.all(ends)
  const [one, two] = recorders.map(({ written }) => written.at(-1)!)
  expect(new TextDecoder().decode(one)).toBe('data: for all\n\n')
  expect(two).toBe(one)
})
