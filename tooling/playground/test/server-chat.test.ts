import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@tesserae/client'
import { accumulate, ModelStreamError } from '@tesserae/openai'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ANSWERS, createChat } from '../server/chat.ts'
import { listenerOf } from '../server/serve.ts'

let url = ''
let close: () => void
beforeEach(async () => {
  const server = createServer(listenerOf(createChat(400)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${ANSWERS}`
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})
afterEach(() => close())

async function ask(id: string, prompt = 'Who are you?'): Promise<number> {
  const body = JSON.stringify({ id, prompt })
  return (await fetch(url, { method: 'POST', body })).status
}

const follow = (id: string): ReturnType<typeof connect> =>
  connect(`${url}/${id}`, {
    delay: 10,
    until: ({ event, data }) => event === 'stopped' || data === '[DONE]',
  })

test('an answer is whole over connections that are cut, and is read again from the start', async () => {
  expect(await ask('answer-1')).toBe(202)
  const connection = follow('answer-1')
  let events = 0
  async function* cutOften(): AsyncGenerator<{ readonly data: string }> {
    for await (const event of connection) {
      if (++events % 20 === 0) await fetch(`${url}/answer-1/cut`, { method: 'POST' })
      yield event
    }
  }
  const { choices } = await accumulate(cutOften())
  expect(choices[0]?.message.content).toMatch(
    /^You asked: Who are you\?\n\nI am a text .+, and see\.$/,
  )
  expect(connection.attempts).toBeGreaterThan(2)
  expect((await accumulate(follow('answer-1'))).choices).toEqual(choices)
})

test('an answer is whole over a lost server and a store that is away', async () => {
  await ask('answer-4')
  const connection = follow('answer-4')
  let events = 0
  async function* withFaults(): AsyncGenerator<{ readonly data: string }> {
    for await (const event of connection) {
      if (++events === 20) await fetch(`${url}/answer-4/kill`, { method: 'POST' })
      if (events === 50) await fetch(`${url}/answer-4/outage`, { method: 'POST' })
      yield event
    }
  }
  const { choices } = await accumulate(withFaults())
  expect(choices[0]?.message.content).toMatch(
    /^You asked: Who are you\?\n\nI am a text .+, and see\.$/,
  )
  await ask('answer-5')
  expect(choices).toEqual((await accumulate(follow('answer-5'))).choices)
}, 60_000)

test('a stopped answer stays stopped, and a second start with its ID asks nothing', async () => {
  await ask('answer-2')
  const connection = follow('answer-2')
  await connection.next()
  expect((await fetch(`${url}/answer-2`, { method: 'DELETE' })).status).toBe(204)
  const error: unknown = await accumulate(connection).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(ModelStreamError)
  expect(await ask('answer-2')).toBe(202)
  expect(await (await fetch(`${url}/answer-2`)).text()).toContain('event: stopped')
})

test.each([
  ['GET', '/unknown-answer', undefined, 404],
  ['POST', '', { id: 'short', prompt: 'x' }, 400],
  ['POST', '', { id: 'long-enough', prompt: 1 }, 400],
  ['PUT', '/answer-3', {}, 405],
] as const)('%s %s with %j is refused', async (method, path, body, status) => {
  const response = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) })
  expect(response.status).toBe(status)
})
