import { type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { RunOptions } from '../harness/bundle.ts'
import type { RunResult } from '../harness/result.ts'
import { here } from '../layout.ts'
import { kill, lastLines, run, start } from '../processes.ts'
import type { Runtime, Session } from './runtime.ts'

export interface Browser {
  readonly name: string
  /** See {@link Runtime.available}. */
  readonly available: () => Promise<string | undefined>
  readonly binary: () => string
  /** A command that prints the version, where the browser itself does not. */
  readonly versionCommand?: readonly [string, ...string[]]
  /** What opens `url` with the empty folder `profile` as its memory, and nothing in the way of the page. */
  readonly args: (url: string, profile: string) => readonly string[]
  /** What must run beside it, such as a display, and the environment that leads to it. */
  readonly beside?: (
    profile: string,
  ) => Promise<{ child: ChildProcess; env: Record<string, string> }>
}

/**
 * A browser is started on a page of ours and needs no driver: the page asks for a test file, runs it, posts the
 * result and loads itself anew for the next one.
 */
export function browserRuntime(browser: Browser): Runtime {
  return {
    name: browser.name,
    available: browser.available,
    async version() {
      const [command, ...args] = browser.versionCommand ?? [browser.binary(), '--version']
      const { stdout } = await run(command, args, { timeout: 30_000 })
      return /\d+[\d.]*\d/.exec(stdout)?.[0] ?? '?'
    },
    open: (bundle) => openBrowser(browser, readFileSync(bundle.path)),
  }
}

interface Order {
  readonly options: RunOptions
  readonly done: (result: RunResult) => void
  readonly failed: (error: Error) => void
}

async function openBrowser(browser: Browser, bundle: Buffer): Promise<Session> {
  const pages = readFileSync(path.join(here, 'src/runtimes/browser-page.html'))
  let order: Order | undefined
  /** The page that waits for an order. */
  let waiting: ServerResponse | undefined
  /** The connection of the page that has the order: the browser closes it when the page dies. */
  let worker: ServerResponse | undefined

  const handOver = (): void => {
    if (order === undefined || waiting === undefined) return
    worker = waiting
    waiting = undefined
    // The answer stays open: its first line is the order, its end is the end of the page.
    worker.write(`${JSON.stringify(order.options)}\n`)
  }

  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    '/': (_, response) => answer(response, 'text/html', pages),
    '/bundle.mjs': (_, response) => answer(response, 'text/javascript', bundle),
    '/order': (_, response) => {
      waiting = response.writeHead(200, {
        'content-type': 'text/plain',
        'cache-control': 'no-store',
      })
      response.flushHeaders()
      response.once('close', () => {
        if (waiting === response) waiting = undefined
        if (worker !== response) return
        worker = undefined
        order?.failed(new Error('The page died.'))
      })
      handOver()
    },
    '/result': (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.once('end', () => {
        const { done } = order ?? {}
        order = undefined
        worker = undefined
        answer(response, 'text/plain', '')
        done?.(JSON.parse(Buffer.concat(parts).toString()) as RunResult)
      })
    },
  }
  const server = createServer((request, response) => {
    const route = routes[request.url ?? '/']
    if (route === undefined) response.writeHead(404).end()
    else route(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const profiles = path.join(here, '.scratch/profiles')
  mkdirSync(profiles, { recursive: true })
  const profile = mkdtempSync(path.join(profiles, `${browser.name}-`))
  const beside = await browser.beside?.(profile)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const child = start(browser.binary(), browser.args(url, profile), {
    env: { HOME: profile, ...beside?.env },
  })
  let errors = ''
  let ended: Error | undefined
  child.stdout?.resume()
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (errors = (errors + text).slice(-10_000)))
  const onEnd = (how: string): void => {
    ended = new Error(`${browser.name} ended (${how}). ${lastLines(errors, 4)}`)
    order?.failed(ended)
  }
  child.once('error', (error) => onEnd(error.message))
  child.once('exit', (code, signal) => onEnd(String(signal ?? code)))

  return {
    run: (options) =>
      new Promise<RunResult>((done, failed) => {
        if (ended !== undefined) return failed(ended)
        order = { options, done, failed }
        handOver()
      }),
    async close() {
      kill(child)
      if (beside !== undefined) kill(beside.child)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

function answer(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
