import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BrowserContext, chromium as playwright, type Page } from 'playwright-core'
import { programOf } from '../programs.ts'
import { names } from '../script.ts'
import type { Client, Session } from './client.ts'

let browser: { context: BrowserContext; page: Page; site: Server; folder: string } | undefined

/** The browser's own EventSource, on a page of its own origin. */
async function open(): Promise<Page> {
  if (browser) return browser.page
  const executablePath = await programOf('chromium')
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>interop</title>')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(path.join(tmpdir(), 'interop-chromium-'))
  const context = await playwright.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    ignoreHTTPSErrors: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  })
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  browser = { context, page, site, folder }
  return page
}

export const chromium: Client = {
  name: 'EventSource of Chromium',
  protocols: ['h1', 'h2'],
  async follow(url) {
    const page = await open()
    return page.evaluate(
      ([address, listened]) =>
        new Promise<Session>((resolve, reject) => {
          const events: [string, string, string][] = []
          const times: number[] = []
          let opened = 0
          const source = new EventSource(address)
          setTimeout(
            () => reject(new Error(`20 seconds, ${events.length} events, ${opened} connections`)),
            20_000,
          )
          for (const name of listened)
            source.addEventListener(name, (event) => {
              if (name === 'end') return
              times.push(Date.now())
              events.push([event.type, event.data, event.lastEventId])
            })
          source.addEventListener('open', () => void opened++)
          source.addEventListener('error', () => {
            if (source.readyState === EventSource.CLOSED) resolve({ events, times, opened })
          })
        }),
      [url, names] as const,
    )
  },
  async stop() {
    if (!browser) return
    await browser.context.close()
    browser.site.close()
    rmSync(browser.folder, { recursive: true, force: true })
    browser = undefined
  },
}
