import { connect } from '@tesserae/client'
import { watchedSignal } from '@tesserae/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const headers = { 'content-type': 'text/event-stream' }

test('connect() reconnects with the last event ID until the server answers 204', async () => {
  const answers = [
    new Response('id: 1\ndata: a\n\n', { headers }),
    new Response('busy', { status: 503 }),
    new Response('data: b\n\n', { headers }),
  ]
  const ids: unknown[] = []
  const connection = connect('/updates', {
    fetch: async (_, init) => {
      ids.push(new Headers(init?.headers).get('last-event-id'))
      return answers.shift() ?? new Response(null, { status: 204 })
    },
    delay: 1,
  })
  const events = []
  for await (const event of connection) events.push(event.data)
  expect(events).toEqual(['a', 'b'])
  expect(ids).toEqual([null, '1', '1', '1'])
  expect(connection.ending).toEqual({ reason: 'no-content', error: undefined })
})

test('closing a connection removes its listener from the signal', async () => {
  const { signal, listeners } = watchedSignal()
  const body = 'data: a\n\n'
  const connection = connect('/updates', {
    fetch: async () => new Response(body, { headers }),
    signal,
  })
  await connection.next()
  expect(listeners()).toBe(1)
  connection.close()
  expect(listeners()).toBe(0)
  expect(await connection.next()).toEqual({ done: true, value: undefined })
})

test('events are delivered in order for any number of connections', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 5 }), async (sizes) => {
      let id = 0
      const answers = sizes.map((size) =>
        Array.from({ length: size }, () => `id: ${++id}\ndata: ${id}\n\n`).join(''),
      )
      const fetch = async (): Promise<Response> => {
        const body = answers.shift()
        return body === undefined
          ? new Response(null, { status: 204 })
          : new Response(body, { headers })
      }
      const received: string[] = []
      for await (const event of connect('/updates', { fetch, delay: 0 })) received.push(event.data)
      expect(received).toEqual(Array.from({ length: id }, (_, index) => `${index + 1}`))
    }),
  )
})
