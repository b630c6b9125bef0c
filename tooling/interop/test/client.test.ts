import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@tesserae/client'
import { sendEvents } from '@tesserae/encoder/node'
import { accumulate, ModelStreamError, readDeltas } from '@tesserae/openai'
import { createStreams } from '@tesserae/resume'
import { build } from 'esbuild'
import { afterAll, afterEach, describe, expect, test, type TestContext } from 'vitest'
import { openPage, stopBrowser } from '../src/browser.ts'
import { startEngine } from '../src/engine/server.ts'
import { startProxy } from './support/chaos/proxy.ts'
import { startNchan, startNginx } from './support/servers/nginx.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(stopBrowser)

/** What cannot be installed here is skipped and reported; in CI it fails. */
async function orSkip<T>(context: TestContext, program: Promise<T>): Promise<T> {
  try {
    return await program
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error
    return context.skip(String(error))
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sends three events after `Last-Event-ID`, and then breaks off; 204 after the ninth. Any page may read it. */
function brokenFeed(seen: (string | undefined)[], tokens: unknown[] = []): Handler {
  return (request, response) => {
    const allowed = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'last-event-id, x-token',
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204, allowed).end()
    const id = request.headers['last-event-id'] as string | undefined
    seen.push(id)
    tokens.push(request.headers['x-token'])
    const from = Number(id ?? 0)
    if (from >= 9) return void response.writeHead(204, allowed).end()
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      ...allowed,
      'x-accel-buffering': 'no',
    })
    for (let next = from + 1; next <= Math.min(from + 3, 9); next++)
      response.write(`id: ${next}\ndata: ${next}\n\n`)
    setTimeout(() => response.destroy(), 50)
  }
}
const nine = Array.from({ length: 9 }, (_, index) => `${index + 1}`)

/** A chunk of a chat completion. */
const chunk = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`

describe('a connection, read by @tesserae/openai', () => {
  test('a completion that breaks off rejects with its partial message, and is sent once', async () => {
    let requests = 0
    const url = await serve((_, response) => {
      requests++
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk('Hel') + chunk('lo'))
      setTimeout(() => response.destroy(), 50)
    })
    const error = await accumulate(connect(url, { json: { stream: true } })).catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(ModelStreamError)
    expect(error).toMatchObject({
      code: 'interrupted',
      cause: { code: 'lost' },
      partial: { choices: [{ message: { content: 'Hello' } }] },
    })
    expect(requests).toBe(1)
  })

  test('deltas before a cut are delivered before the error', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk('Hel') + chunk('lo'))
      setTimeout(() => response.destroy(), 50)
    })
    const text: string[] = []
    const read = async (): Promise<void> => {
      for await (const delta of readDeltas(connect(url, { json: {} })))
        if (delta.type === 'content') text.push(delta.delta)
    }
    await expect(read()).rejects.toMatchObject({ code: 'interrupted' })
    expect(text).toEqual(['Hel', 'lo'])
  })

  test('a GET without IDs that is sent again does not join two answers', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk('Hel') + chunk('lo'))
      setTimeout(() => response.destroy(), 50)
    })
    await expect(accumulate(connect(url, { delay: 10 }))).rejects.toMatchObject({
      code: 'interrupted',
      partial: { choices: [{ message: { content: 'Hello' } }] },
    })
  })

  test('a refusal rejects as the error of the server that it is', async () => {
    const url = await serve((_, response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7' })
      response.end(JSON.stringify({ error: { message: 'Slow down', type: 'rate_limit' } }))
    })
    await expect(accumulate(connect(url, { json: {} }))).rejects.toMatchObject({
      code: 'server-error',
      status: 429,
      error: { message: 'Slow down' },
      cause: { code: 'bad-status', retryAfter: 7_000 },
    })
  })

  test('llama-server, killed in the middle of an answer, leaves the partial message', async (context) => {
    const engine = await orSkip(context, startEngine())
    cleanups.push(() => engine.stop())
    const answer = connect(`${engine.url}/v1/chat/completions`, {
      json: {
        messages: [{ role: 'user', content: 'Hi' }],
        stream: true,
        // Some seconds: it is killed before.
        max_tokens: 100_000,
        ignore_eos: true,
      },
    })
    let events = 0
    const source = (async function* () {
      for await (const event of answer) {
        if (++events === 5) process.kill(engine.pid, 'SIGKILL')
        yield event
      }
    })()
    const error = await accumulate(source).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'interrupted',
      cause: { code: 'lost' },
      partial: { choices: [{ message: { role: 'assistant' } }] },
    })
    expect(events).toBeGreaterThanOrEqual(5)
    expect(answer.attempts).toBe(1)
  }, 120_000)
})

test('an answer of @tesserae/resume survives cuts at random, with a POST that may be repeated', async () => {
  const streams = createStreams({ onError: () => {} })
  const words = Array.from({ length: 40 }, (_, index) => `word ${index}`)
  const answer = await streams.start('answer', async function* () {
    for (const data of words) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      yield { data }
    }
    yield { data: '[DONE]' }
  })
  let requests = 0
  const url = await serve((request, response) => {
    requests++
    void sendEvents(request, response, streams.read('answer')).catch(() => {})
    setTimeout(() => response.destroy(), 20 + ((requests * 37) % 50))
  })
  const received: string[] = []
  const connection = connect(url, {
    method: 'POST',
    repeat: true,
    delay: 5,
    // On a busy machine a cut may come before an event.
    attempts: 100,
    until: ({ data }) => data === '[DONE]',
  })
  for await (const { data } of connection) received.push(data)
  expect(received).toEqual([...words, '[DONE]'])
  expect(requests).toBeGreaterThan(1)
  await answer.done
}, 60_000)

test('a feed that breaks off behind nginx is read without a gap', async (context) => {
  const seen: (string | undefined)[] = []
  const upstream = await serve(brokenFeed(seen))
  const proxy = await orSkip(context, startNginx(upstream, { gzip: true }))
  cleanups.push(() => proxy.stop())
  seen.length = 0
  const received: string[] = []
  // nginx may pass on less than was written before a cut: the law is what a request carries, and not which ID it is.
  const carried: [sent: string, received: string][] = []
  const connection = connect(`${proxy.url}/`, {
    delay: 10,
    headers({ lastEventId }) {
      carried.push([lastEventId, received.at(-1) ?? ''])
      return {}
    },
  })
  for await (const { data } of connection) received.push(data)
  expect(received).toEqual(nine)
  for (const [sent, last] of carried) expect(sent).toBe(last)
  expect(seen.map((id) => id ?? '')).toEqual(carried.map(([sent]) => sent))
}, 60_000)

test('nchan continues after `Last-Event-ID`, wherever its connections are cut', async (context) => {
  const nchan = await orSkip(context, startNchan())
  cleanups.push(() => nchan.stop())
  const words = Array.from({ length: 40 }, (_, index) => `word ${index}`)
  for (const body of words)
    expect((await fetch(`${nchan.url}/publish?channel=a`, { method: 'POST', body })).ok).toBe(true)
  const proxy = await startProxy(Number(new URL(nchan.url).port))
  cleanups.push(() => proxy.close())
  const received: string[] = []
  const connection = connect(`http://127.0.0.1:${proxy.port}/events?channel=a`, {
    delay: 5,
    until: ({ data }) => data === words.at(-1),
    // Another place each time: in the head of the answer, between two events, or in one.
    headers({ attempt }) {
      proxy.limit = 500 + attempt * 61
      return {}
    },
  })
  for await (const { data } of connection) received.push(data)
  expect(received).toEqual(words)
  expect(connection.attempts).toBeGreaterThan(1)
}, 60_000)

describe('in Chromium, from another origin', () => {
  /** What a module exports by default, run in a page. */
  async function inPage(context: TestContext, code: string, parameter: string): Promise<unknown> {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'recipe',
      define: { 'process.env.NODE_ENV': '"production"' },
    })
    const page = await orSkip(context, openPage())
    await page.evaluate(`${outputFiles[0]!.text}; globalThis.recipe = recipe`)
    return page.evaluate(
      (url) =>
        (globalThis as unknown as { recipe: { run: (url: string) => unknown } }).recipe.run(url),
      parameter,
    )
  }

  test('connect() reads a feed over its breaks, with headers of its own', async (context) => {
    const seen: (string | undefined)[] = []
    const tokens: unknown[] = []
    const url = await serve(brokenFeed(seen, tokens))
    const { received, carried } = (await inPage(
      context,
      `import { connect } from '@tesserae/client'
       export async function run(url: string) {
         const received: string[] = []
         const carried: [sent: string, received: string][] = []
         const headers = ({ lastEventId }: { lastEventId: string }) => {
           carried.push([lastEventId, received.at(-1) ?? ''])
           return { 'x-token': 't' }
         }
         for await (const { data } of connect(url, { delay: 10, headers })) received.push(data)
         return { received, carried }
       }`,
      url,
    )) as { received: string[]; carried: [sent: string, received: string][] }
    // Chromium throws away what it has not handed on when a connection breaks off, so any number may arrive before.
    expect(received).toEqual(nine)
    for (const [sent, last] of carried) expect(sent).toBe(last)
    expect(seen.map((id) => id ?? '')).toEqual(carried.map(([sent]) => sent))
    expect(tokens).toEqual(seen.map(() => 't'))
    // Four as a rule. It is not asked again after the 204, and not in a loop.
    expect(seen.filter((id) => id === '9')).toHaveLength(1)
    expect(seen.length).toBeLessThanOrEqual(20)
  })

  test('EventSource reads a feed over its breaks', async (context) => {
    const seen: (string | undefined)[] = []
    const url = await serve(brokenFeed(seen))
    const received = await inPage(
      context,
      `import { EventSource } from '@tesserae/client/eventsource'
       export function run(url: string) {
         const received: string[] = []
         const source = new EventSource(url)
         source.onmessage = ({ data }) => received.push(data)
         return new Promise((resolve) => {
           source.onerror = () => { if (source.readyState === 2) resolve(received) }
         })
       }`,
      url,
    )
    expect(received).toEqual(nine)
  }, 60_000)

  test('the React hook of the README shows the events of a feed, and ends with it', async (context) => {
    const readme = readFileSync(
      new URL('../../../packages/client/README.md', import.meta.url),
      'utf8',
    )
    const hook = /<!-- recipe: react -->\s*```ts[^\n]*\n(.*?)```/s.exec(readme)?.[1]
    const seen: (string | undefined)[] = []
    const url = await serve(brokenFeed(seen))
    const shown = await inPage(
      context,
      `${hook}
       import { createElement } from 'react'
       import { createRoot } from 'react-dom/client'
       function Feed({ url }: { url: string }) {
         const { data, state } = useEvents(url)
         return createElement('p', { id: state }, data.join(' '))
       }
       export function run(url: string) {
         const place = document.body.appendChild(document.createElement('div'))
         const root = createRoot(place)
         root.render(createElement(Feed, { url }))
         return new Promise((resolve) => {
           const timer = setInterval(() => {
             const paragraph = place.querySelector('#closed')
             if (!paragraph) return
             clearInterval(timer)
             resolve(paragraph.textContent)
             root.unmount()
           }, 20)
         })
       }`,
      url,
    )
    expect(shown).toBe(nine.join(' '))
  }, 60_000)
})
