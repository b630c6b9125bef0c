import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import type { RunOptions } from '../harness/bundle.ts'
import type { RunResult } from '../harness/result.ts'
import { here } from '../layout.ts'

/** Serves the page that runs tests, and gives it its orders. */
export interface PageServer {
  readonly url: string
  /** Settles when a page first asks for work. */
  readonly loaded: Promise<unknown>
  /** Has the page run a file. Rejects when the page dies over it. */
  run(options: RunOptions): Promise<RunResult>
  /** Rejects what `run` has promised, and all that it will promise. */
  fail(error: Error): void
  close(): Promise<void>
}

/**
 * The page asks `/order` for work, posts the outcome to `/result` and loads itself anew. The answer to `/order` stays
 * open until the page has gone: its first line is the order, and its early end tells that the page has died.
 */
export async function servePage(bundle: Buffer): Promise<PageServer> {
  const page = readFileSync(path.join(here, 'src/runtimes/browser-page.html'))
  const failed = Promise.withResolvers<never>()
  /** The page that waits for an order. */
  let waiting = Promise.withResolvers<ServerResponse>()
  const loaded = Promise.race([waiting.promise, failed.promise])
  // `loaded` and `failed` may reject when nothing awaits them.
  for (const promise of [loaded, failed.promise]) promise.catch(() => {})
  /** Resolves the promise of the last `run`. */
  let take: (result: RunResult) => void = () => {}

  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    '/': (_, response) => send(response, 'text/html', page),
    '/bundle.mjs': (_, response) => send(response, 'text/javascript', bundle),
    '/order': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
      response.flushHeaders()
      waiting.resolve(response)
    },
    '/result': (request, response) => {
      json(request).then(
        (result) => {
          take(result as RunResult)
          send(response, 'text/plain', '')
        },
        // The page died while it posted: its order closes too, and that rejects `run`.
        () => {},
      )
    },
  }
  const server = createServer((request, response) => {
    const route = routes[request.url ?? '/']
    if (route === undefined) response.writeHead(404).end()
    else route(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    loaded,
    async run(options) {
      const worker = await Promise.race([waiting.promise, failed.promise])
      waiting = Promise.withResolvers()
      const result = new Promise<RunResult>((resolve, reject) => {
        take = resolve
        const die = (): void => reject(new Error('The page died.'))
        if (worker.closed) die()
        else worker.once('close', die)
      })
      worker.write(`${JSON.stringify(options)}\n`)
      return Promise.race([result, failed.promise])
    },
    fail: failed.reject,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
