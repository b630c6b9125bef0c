import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { firefoxBinary, ensureFirefox, firefoxArguments } from '@tooling/consumers/firefox'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPlayground } from '../server/start.ts'

/** What the page shows in the end, as it reports it itself: Firefox is started without a driver. */
interface Report {
  readonly title: string
  readonly message: string
  readonly events: string
  readonly timing: string
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
    const report = {
      title,
      message: text('message'),
      events: text('events-sum'),
      timing: text('timing'),
      errors,
    }
    void fetch('/probe', { method: 'POST', body: JSON.stringify(report) })
  }, 100)
}

/** Serves the playground with the probe in its page, and answers with the report. */
async function reportFrom(hash: string): Promise<Report> {
  const playground = await startPlayground({ port: 0 })
  let arrived: (report: Report) => void = () => {}
  const report = new Promise<Report>((resolve) => (arrived = resolve))
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request
      .on('data', (piece: Buffer) => pieces.push(piece))
      .on('end', () => {
        const body = Buffer.concat(pieces)
        if (request.url === '/probe') {
          arrived(JSON.parse(String(body)))
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
  const profile = mkdtempSync(path.join(tmpdir(), 'playground-firefox-'))
  const browser = spawn(
    firefoxBinary(),
    firefoxArguments(`http://127.0.0.1:${port}/${hash}`, profile),
    {
      env: { ...process.env, HOME: profile },
      stdio: 'ignore',
    },
  )
  try {
    return await report
  } finally {
    browser.kill()
    await once(browser, 'exit')
    server.closeAllConnections()
    server.close()
    await playground.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

describe('in Firefox', () => {
  let missing: string | undefined
  beforeAll(async () => {
    missing = await ensureFirefox()
  }, 600_000)
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing)
  })

  test.each([
    ['#scene=llama-server/tools-parallel&speed=100', /^Complete$/, 'get_weather'],
    ['#scene=aimock/anthropic-weather&speed=100', /^Complete$/, 'get_weather'],
    ['#scene=tesserae&speed=1000&fault=error', /^The server sent an error$/, 'wherever it likes'],
  ])('%s ends as in Chromium', async (hash, title, words) => {
    const report = await reportFrom(hash)
    expect(report.errors).toEqual([])
    expect(report.title).toMatch(title)
    expect(report.message).toContain(words)
    expect(report.events).toMatch(/entries/)
    expect(report.timing).toContain('Measured in this browser')
  })
})
