import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { programOf } from './programs.ts'

interface Browser {
  readonly context: BrowserContext
  readonly page: Page
  readonly site: Server
  readonly folder: string
}
let browser: Browser | undefined

/** A page of Chromium, of an origin of its own. The browser is started with the first. */
export async function openPage(): Promise<Page> {
  if (browser) return browser.page
  const executablePath = await programOf('chromium')
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>interop</title>')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(path.join(tmpdir(), 'interop-chromium-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    ignoreHTTPSErrors: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  })
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  browser = { context, page, site, folder }
  return page
}

export async function stopBrowser(): Promise<void> {
  if (!browser) return
  const { context, site, folder } = browser
  browser = undefined
  await context.close()
  site.close()
  rmSync(folder, { recursive: true, force: true })
}
