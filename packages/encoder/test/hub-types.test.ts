import { createHub } from '@tesserae/encoder/hub'
import { eventStream } from '@tesserae/encoder/web'
import { expect, it } from 'vitest'

interface Events {
  price: { symbol: string }
}

/** What a client that came first gets. A stream has names of its own, which need not be those of the hub. */
async function read(response: Promise<Response>, hub: { drain(): Promise<void> }) {
  const text = (await response).text()
  await hub.drain()
  return text
}

it('a typed hub is a source for a typed stream', async () => {
  const hub = createHub<Events>()
  const response = eventStream<Events>(hub.source())
  await response
  void hub.emit('price', { symbol: 'TSR' })
  expect(await read(response, hub)).toBe(':\n\nevent: price\ndata: {"symbol":"TSR"}\n\n')
})

it('a typed stream can join a hub after events of its own', async () => {
  const hub = createHub<Events>()
  const response = eventStream<Events>(async (stream) => {
    await stream.emit('price', { symbol: 'OLD' })
    return hub.join(stream)
  })
  await response
  void hub.emit('price', { symbol: 'NEW' })
  expect(await read(response, hub)).toBe(
    'event: price\ndata: {"symbol":"OLD"}\n\nevent: price\ndata: {"symbol":"NEW"}\n\n',
  )
})

it('one source of a hub serves streams of different types', async () => {
  const hub = createHub()
  const source = hub.source()
  const responses = [eventStream(source), eventStream<Events>(source)]
  const texts = (await Promise.all(responses)).map((response) => response.text())
  void hub.publish({ data: 'to both' })
  await hub.drain()
  for (const text of await Promise.all(texts)) expect(text).toBe(':\n\ndata: to both\n\n')
})
