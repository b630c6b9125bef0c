import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendEvents } from '@tesserae/encoder/node'
import { createStreams } from '@tesserae/resume'
import { expect, test } from 'vitest'

test('sendEvents(…, streams.read(…)) answers 404, 400 and 412 with a body that says what to do', async () => {
  const streams = createStreams()
  await (
    await streams.start('/a', [{ data: '1' }])
  ).done
  const server = createServer(async (request, response) => {
    const reading = streams.read(request.url as string, { gap: 'reject' })
    await sendEvents(request, response, reading, { onError() {} })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const answer = async (path: string, id?: string): Promise<unknown[]> => {
    const headers: Record<string, string> = id === undefined ? {} : { 'last-event-id': id }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
    return [response.status, response.headers.get('content-type'), await response.text()]
  }
  const type = 'text/plain; charset=utf-8'
  expect(await answer('/secret')).toEqual([
    404,
    type,
    expect.stringMatching(/^There is no stream of this name: /),
  ])
  expect(await answer('/a', 'forged')).toEqual([
    400,
    type,
    expect.stringMatching(/Leave it out to read from the start\.$/),
  ])
  expect(await answer('/a', '1-1')).toEqual([
    412,
    type,
    expect.stringMatching(/Read it again from the start, /),
  ])
  expect((await answer('/a')).slice(0, 2)).toEqual([200, 'text/event-stream'])
  server.close()
})
