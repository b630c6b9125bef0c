import { chromiumBinary, ensureChromium } from '@tooling/consumers/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type Playground, startPlayground } from '../../server/start.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** After this time a page hangs, on the slowest machine too. In milliseconds. */
const HUNG = 180_000

/** Whether all there is to try is tried. */
export const isLong = process.env['LONG'] === '1'

/** What is tried: all in the long run, else the first of them. */
export function some<T>(many: readonly T[], first = 1): readonly T[] {
  return isLong ? many : many.slice(0, first)
}

/** What the tests share: the server, the browser and a page, which each of them opens anew. */
export interface Visit {
  readonly page: Page
  readonly url: string
  /** Everything that the browser complained about. */
  readonly complaints: readonly string[]
  /** Opens the page, with a hash after its address. */
  open(hash?: string): Promise<void>
  /** Another page, in a window of another kind, only for this test. */
  again(options: BrowserContextOptions): Promise<void>
}

/** Starts the server and a Chromium for all tests. A page that complains fails its test. */
function visits(): Visit {
  let missing: string | undefined
  let playground: Playground | undefined
  let browser: Browser | undefined
  let shared: Watched | undefined
  let watched: Watched | undefined

  beforeAll(async () => {
    missing = await ensureChromium()
    if (missing !== undefined) return
    playground = await startPlayground({ port: 0 })
    // Its memory is a folder of its own, which is thrown away.
    browser = await chromium.launch({ executablePath: chromiumBinary(), args: FLAGS })
  }, 600_000)
  afterAll(async () => {
    await browser?.close()
    await playground?.close()
  })
  beforeEach(async (context) => {
    if (browser === undefined) context.skip(missing)
    else watched = shared ??= await openPage(browser, {})
  })
  afterEach(async () => {
    // What the network does is the browser's to log; whatever else it says is a mistake of the page.
    const mistakes = watched?.complaints.splice(0)
    if (watched === shared) {
      // The next test finds nothing of this one: neither its document nor what it has stored.
      await shared?.page.evaluate(() => {
        localStorage.clear()
        sessionStorage.clear()
      })
      await shared?.page.goto('about:blank')
    } else await watched?.close()
    expect(mistakes?.filter((text) => !text.includes('Failed to load resource'))).toEqual([])
  })

  const visit: Visit = {
    get page() {
      return watched!.page
    },
    get url() {
      return playground!.url
    },
    get complaints() {
      return watched!.complaints
    },
    async open(hash = '') {
      await visit.page.goto(`${visit.url}/${hash}`)
    },
    async again(options) {
      expect(watched?.complaints).toEqual([])
      // A page that another one covers draws nothing.
      await watched?.close()
      shared = undefined
      watched = await openPage(browser!, options)
    },
  }
  return visit
}

interface Watched {
  readonly page: Page
  readonly complaints: string[]
  readonly close: () => Promise<void>
}

/** A page that is listened to: what it throws, logs as an error or is forbidden by its policy is kept. */
async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    ...options,
  })
  context.setDefaultTimeout(HUNG)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(`thrown: ${message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.type()}: ${message.text()}`)
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`policy ${violatedDirective} ${blockedURI}`),
    )
  })
  return { page, complaints, close: () => context.close() }
}

export const visit: Visit = visits()

/** What says how it stands, once it says so. */
export async function standing(page: Page, title: RegExp, timeout = HUNG): Promise<string> {
  await page.locator('#standing-title').filter({ hasText: title }).waitFor({ timeout })
  return page.locator('#said').innerText()
}

/** Waits until what was done is drawn. */
export function drawn(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()))
      }),
  )
}

/** Chooses a scene by searching for its name. */
export async function chooseScene(page: Page, id: string): Promise<void> {
  await page.fill('#scene', id)
  await page.locator(`#scene-list [data-id="${id}"]`).click()
}

/** What the message says. */
export function message(page: Page): Promise<string> {
  return page.locator('#message').innerText()
}

/** Where one is in the stream. */
export async function position(page: Page): Promise<number> {
  return Number(await page.locator('#scrubber').getAttribute('aria-valuenow'))
}
