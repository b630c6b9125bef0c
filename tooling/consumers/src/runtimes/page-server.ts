import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { RunOptions } from '../harness/bundle.ts'
import type { RunResult } from '../harness/result.ts'
import { here } from '../layout.ts'

/** Serves the page that runs tests, and gives it its orders. */
export interface PageServer {
  readonly url: string
  /** Settles when a page first asks for work. */
  readonly loaded: Promise<void>
  /** Has the page run a file. Rejects when the page dies over it. */
  run(options: RunOptions): Promise<RunResult>
  /** Rejects what `run` has promised, and all that it will promise. */
  fail(error: Error): void
  close(): Promise<void>
}

interface Order {
  readonly options: RunOptions
  readonly done: (result: RunResult) => void
  readonly failed: (error: Error) => void
}

type Route = (request: IncomingMessage, response: ServerResponse) => void

/**
 * The page asks `/order` for work, posts the outcome to `/result` and loads itself anew. The answer to `/order` stays
 * open until the page has gone: its first line is the order, and its early end tells that the page has died.
 */
export async function servePage(bundle: Buffer): Promise<PageServer> {
  const page = readFileSync(path.join(here, 'src/runtimes/browser-page.html'))
  let order: Order | undefined
  let failure: Error | undefined
  const loaded = Promise.withResolvers<void>()
  // Also when nothing awaits it any more.
  loaded.promise.catch(() => {})
  /** The page that waits for an order, and the page that has one. */
  let waiting: ServerResponse | undefined
  let working: ServerResponse | undefined

  const handOver = (): void => {
    if (order === undefined || waiting === undefined) return
    working = waiting
    waiting = undefined
    working.write(`${JSON.stringify(order.options)}\n`)
  }

  const settle = (how: (order: Order) => void): void => {
    const settled = order
    order = undefined
    working = undefined
    if (settled !== undefined) how(settled)
  }

  const routes: Record<string, Route> = {
    '/': (_, response) => send(response, 'text/html', page),
    '/bundle.mjs': (_, response) => send(response, 'text/javascript', bundle),
    '/order': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
      response.flushHeaders()
      response.once('close', () => {
        if (waiting === response) waiting = undefined
        if (working === response) settle(({ failed }) => failed(new Error('The page died.')))
      })
      waiting = response
      loaded.resolve()
      handOver()
    },
    '/result': (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.once('end', () => {
        send(response, 'text/plain', '')
        const result = JSON.parse(Buffer.concat(parts).toString()) as RunResult
        settle(({ done }) => done(result))
      })
    },
  }

  const server = createServer((request, response) => {
    const route = routes[request.url ?? '/']
    if (route === undefined) response.writeHead(404).end()
    else route(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    loaded: loaded.promise,
    run: (options) =>
      new Promise((done, failed) => {
        if (failure !== undefined) return failed(failure)
        order = { options, done, failed }
        handOver()
      }),
    fail(error) {
      failure ??= error
      loaded.reject(error)
      settle(({ failed }) => failed(error))
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
