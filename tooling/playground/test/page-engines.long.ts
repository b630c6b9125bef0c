import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, launch } from '@tooling/consumers/browser'
import { firefoxBrowser } from '@tooling/consumers/firefox'
import { webkitBrowser } from '@tooling/consumers/webkit'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPlayground } from '../server/start.ts'

/** What the page shows in the end, as it reports it itself: these browsers are started without a driver. */
interface Report {
  readonly title: string
  readonly message: string
  readonly events: string
  readonly timing: string
  /** The first row of the bytes after the switch to hex. */
  readonly hex: string
  readonly hasDialog: boolean
  /** By how much the page is wider than its window. */
  readonly tooWide: number
  readonly errors: readonly string[]
}

/** Watches the page from within, and reports once it says how the stream ended. */
function probe(): void {
  const errors: string[] = []
  addEventListener('error', ({ message }) => errors.push(message))
  addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)))
  const text = (id: string): string => document.getElementById(id)?.innerText ?? ''
  const watch = setInterval(() => {
    const title = text('standing-title')
    if (!/^(Complete|Incomplete|Read|Refused|Stopped|The|An|Not a|Nothing came)/.test(title)) return
    clearInterval(watch)
    document.getElementById('as-hex')?.click()
    document.getElementById('export')?.click()
    setTimeout(() => {
      const report = {
        title,
        message: text('message'),
        events: text('events-sum'),
        timing: text('timing'),
        hex: document.querySelector<HTMLElement>('#bytes .hex')?.innerText ?? '',
        hasDialog: document.querySelector<HTMLDialogElement>('#export-dialog')?.open ?? false,
        tooWide: document.documentElement.scrollWidth - innerWidth,
        errors,
      }
      void fetch('/probe', { method: 'POST', body: JSON.stringify(report) })
    }, 500)
  }, 100)
}

/** Serves the playground with the probe in its page, and answers with the report. */
async function reportFrom(browser: Browser, hash: string): Promise<Report> {
  const playground = await startPlayground({ port: 0 })
  const report = Promise.withResolvers<Report>()
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request
      .on('data', (piece: Buffer) => pieces.push(piece))
      .on('end', () => {
        const body = Buffer.concat(pieces)
        if (request.url === '/probe') {
          report.resolve(JSON.parse(String(body)) as Report)
          return response.end()
        }
        if (request.url === '/probe.js') {
          response.setHeader('content-type', 'text/javascript')
          return response.end(`(${String(probe)})()`)
        }
        return void pass(request.url ?? '/', request.method ?? 'GET', body)
      })
    const pass = async (url: string, method: string, body: Buffer): Promise<void> => {
      const answer = await fetch(playground.url + url, {
        method,
        headers: { 'content-type': 'application/json' },
        body: method === 'POST' ? String(body) : null,
      })
      const isPage = url === '/'
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? '',
        'content-security-policy': answer.headers.get('content-security-policy') ?? '',
      })
      if (isPage)
        response.end(
          (await answer.text()).replace('<head>', '<head><script src="/probe.js"></script>'),
        )
      else for await (const chunk of answer.body ?? []) response.write(chunk)
      response.end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = await launch(browser, `http://127.0.0.1:${port}/${hash}`, report.reject)
  try {
    return await report.promise
  } finally {
    await close()
    server.closeAllConnections()
    server.close()
    await playground.close()
  }
}

describe.each([firefoxBrowser, webkitBrowser])('in $name', (browser) => {
  let missing: string | undefined
  beforeAll(async () => {
    missing = await browser.available()
  }, 600_000)
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing)
  })

  test.each([
    ['#scene=llama-server/tools-parallel&speed=100', /^Complete$/, 'get_weather'],
    ['#scene=aimock/anthropic-weather&speed=100', /^Complete$/, 'get_weather'],
    ['#scene=tesserae&speed=1000&fault=error', /^The server sent an error$/, 'wherever it likes'],
  ])('%s ends as in Chromium', { timeout: 120_000 }, async (hash, title, words) => {
    const report = await reportFrom(browser, hash)
    expect(report.errors).toEqual([])
    expect(report.title).toMatch(title)
    expect(report.message).toContain(words)
    expect(report.events).toMatch(/entries/)
    expect(report.timing).toContain('Measured in this browser')
    expect(report.hex).toMatch(/[0-9a-f]{2}\s[0-9a-f]{2}/)
    expect(report.hasDialog).toBe(true)
    expect(report.tooWide).toBeLessThanOrEqual(0)
  })
})
