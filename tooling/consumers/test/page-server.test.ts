import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { type PageServer, servePage } from '../src/runtimes/page-server.ts'

const options = { file: 'a', seed: 1, runs: 1, testTimeout: 1000 }
const result = { passed: 1, failed: 0, failures: [] }

/** Does what the page does, up to the order: answers the order, and what ends the page. */
async function takeOrder({ url }: PageServer): Promise<{ order: unknown; leave: () => void }> {
  const leaving = new AbortController()
  const { body } = await fetch(`${url}order`, { signal: leaving.signal })
  const { value } = await (body ?? new ReadableStream<Uint8Array>()).getReader().read()
  const order: unknown = JSON.parse(new TextDecoder().decode(value))
  return { order, leave: () => leaving.abort() }
}

const post = ({ url }: PageServer): Promise<Response> =>
  fetch(`${url}result`, { method: 'POST', body: JSON.stringify(result) })

it('a page gets its order, whichever of the two comes first', async () => {
  const server = await servePage(Buffer.from(''))
  for (const pageFirst of [true, false]) {
    const early = pageFirst ? takeOrder(server) : undefined
    await new Promise((resolve) => setTimeout(resolve, 50))
    const work = server.run(options)
    const { order, leave } = await (early ?? takeOrder(server))
    expect(order).toEqual(options)
    await post(server)
    leave()
    expect(await work).toEqual(result)
  }
  await server.close()
})

it('is loaded when a page first asks', async () => {
  const server = await servePage(Buffer.from(''))
  await Promise.all([fetch(`${server.url}order`), server.loaded])
  await server.close()
})

it('a page that goes without a result has died', async () => {
  const server = await servePage(Buffer.from(''))
  const work = server.run(options)
  const { leave } = await takeOrder(server)
  leave()
  await expect(work).rejects.toThrow('The page died.')
  await server.close()
})

it('what has failed gives no more orders', async () => {
  const server = await servePage(Buffer.from(''))
  const work = server.run(options)
  server.fail(new Error('ended'))
  await expect(server.loaded).rejects.toThrow('ended')
  await expect(work).rejects.toThrow('ended')
  await expect(server.run(options)).rejects.toThrow('ended')
  await server.close()
})

it('serves the page and the bundle, and nothing else', async () => {
  const server = await servePage(Buffer.from('export {}'))
  expect(await (await fetch(server.url)).text()).toContain('<script type="module">')
  const bundle = await fetch(`${server.url}bundle.mjs`)
  expect(bundle.headers.get('content-type')).toBe('text/javascript')
  expect(await bundle.text()).toBe('export {}')
  expect((await fetch(`${server.url}favicon.ico`)).status).toBe(404)
  await server.close()
})

it('a page that goes while it posts its result has died', async () => {
  const server = await servePage(Buffer.from(''))
  const work = server.run(options)
  const { leave } = await takeOrder(server)
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write('POST /result HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{')
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
  leave()
  await expect(work).rejects.toThrow('The page died.')
  await server.close()
})
