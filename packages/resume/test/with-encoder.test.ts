import { eventStream } from '@tesserae/encoder/web'
import { createStreams, memoryStore } from '@tesserae/resume'
import { expect, test } from 'vitest'

const request = (lastEventId?: string): Request =>
  new Request('http://localhost/', {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  })

/** Splits a response into its blocks, each with its id. */
function blocks(text: string): { id: string; block: string }[] {
  return text
    .split('\n\n')
    .filter((block) => /^(data|id|event):/.test(block))
    .map((block) => ({ id: /^id: (.*)$/m.exec(block)?.[1] ?? '', block }))
}

test('eventStream(streams.read(…)) continues after the Last-Event-ID of the request', async () => {
  const streams = createStreams()
  await (
    await streams.start('a', [{ data: '1' }, { data: '2' }, { data: '3' }])
  ).done
  const all = await (await eventStream(streams.read('a'), { request: request() })).text()
  const [first] = blocks(all)
  const rest = await (await eventStream(streams.read('a'), { request: request(first?.id) })).text()
  expect(blocks(rest)).toEqual(blocks(all).slice(1))
})

test('eventStream(streams.read(…)) answers 404, 400 and 412 by itself', async () => {
  const streams = createStreams()
  await (
    await streams.start('a', [{ data: '1' }])
  ).done
  const answer = async (name: string, id?: string): Promise<unknown[]> => {
    const reading = streams.read(name, { gap: 'reject' })
    const response = await eventStream(reading, { request: request(id), onError() {} })
    return [response.status, response.headers.get('content-type'), await response.text()]
  }
  const type = 'text/plain; charset=utf-8'
  expect(await answer('user-7/secret')).toEqual([
    404,
    type,
    'There is no stream of this name: it was not started, or it expired. Start it, then read it.',
  ])
  expect(await answer('a', 'forged')).toEqual([
    400,
    type,
    '`Last-Event-ID`, or `after`, must be the id of an event of this stream: digits, a hyphen, digits. Leave it out to read from the start.',
  ])
  expect(await answer('a', '1-1')).toEqual([
    412,
    type,
    'The stream does not continue after this id. Read it again from the start, without `Last-Event-ID` or `after`.',
  ])
  expect((await answer('a'))[0]).toBe(200)
})

test('a store that fails is answered with 503, and the body does not say why', async () => {
  const store = memoryStore()
  const fault = Object.assign(new Error('WRONGPASS secret'), { permanent: true })
  const last = () => Promise.reject(fault)
  const streams = createStreams({ store: { ...store, last, read: last } })
  const response = await eventStream(streams.read('a'), { refusal: 'status' })
  expect([response.status, await response.text()]).toEqual([
    503,
    'The server could not continue this stream. Try again later.',
  ])
})

test('a client that has the final id is answered with 204, and a stopped stream ends with `final` too', async () => {
  const streams = createStreams()
  await streams.stop('a')
  const response = await eventStream(streams.read('a'), { request: request(), final: true })
  const told = blocks(await response.text())
  expect(told.map(({ block }) => block.split('\n')[0])).toEqual(['event: stopped', 'event: end'])
  const again = await eventStream(streams.read('a'), {
    request: request(told[0]?.id),
    final: true,
  })
  expect(blocks(await again.text()).map(({ id }) => id)).toEqual(['tesserae:final'])
  const last = await eventStream(streams.read('a'), {
    request: request('tesserae:final'),
    final: true,
  })
  expect(last.status).toBe(204)
})

test('a response cut at any byte and continued with the last id gives the whole stream', async () => {
  const streams = createStreams()
  const events = [
    { data: 'one' },
    { event: 'token', data: 'two\nlines: é漢😀' },
    { data: '' },
    { data: '{"x":1}', retry: 500 },
  ]
  await (
    await streams.start('a', events)
  ).done
  const open = async (id?: string): Promise<Uint8Array> => {
    const response = await eventStream(streams.read('a'), { request: request(id), final: true })
    return new Uint8Array(await response.arrayBuffer())
  }
  const whole = await open()
  const expected = blocks(new TextDecoder().decode(whole)).map(({ block }) => block)
  for (let cut = 0; cut <= whole.length; cut++) {
    // Only blocks that arrived with their blank line count, as in any client.
    const arrived = new TextDecoder().decode(whole.subarray(0, cut))
    const had = blocks(arrived.slice(0, arrived.lastIndexOf('\n\n') + 2))
    const id = had.findLast((each) => each.id !== '')?.id
    const rest = id === 'tesserae:final' ? [] : blocks(new TextDecoder().decode(await open(id)))
    expect([...had, ...rest].map(({ block }) => block)).toEqual(expected)
  }
})
