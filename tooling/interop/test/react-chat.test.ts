import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, expect, test, type TestContext } from 'vitest'
import { openPage, stopBrowser } from '../src/browser.ts'
import { routesOf, servePage } from './support/page-site.ts'

const guide = readFileSync(new URL('../../docs/guides/react-chat.md', import.meta.url), 'utf8')

/** The block of the guide in one language. */
function block(language: 'ts' | 'tsx'): string {
  return new RegExp(`^\`\`\`${language}\\b[^\n]*\n(.*?)^\`\`\``, 'ms').exec(guide)![1]!
}

/** What the test lets the model say, piece by piece, and what became of its signal. */
class Model {
  readonly signals: AbortSignal[] = []
  readonly #said: string[] = []
  #wake = Promise.withResolvers<void>()

  say(...pieces: string[]): void {
    this.#said.push(...pieces)
    this.#wake.resolve()
  }

  async *ask(_prompt: string, signal: AbortSignal): AsyncGenerator<object> {
    this.signals.push(signal)
    signal.addEventListener('abort', () => this.#wake.resolve())
    while (!signal.aborted) {
      for (let piece = this.#said.shift(); piece !== undefined; piece = this.#said.shift()) {
        if (piece === 'the end')
          return yield { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
        yield { choices: [{ index: 0, delta: { content: piece } }] }
      }
      this.#wake = Promise.withResolvers()
      await this.#wake.promise
    }
  }
}

interface Site {
  readonly url: string
  readonly server: Server
  readonly model: Model
  /** The `Last-Event-ID` of each request that read an answer. */
  readonly ids: (string | null)[]
}

/** The routes of the guide, and a page with its component. */
async function startSite(): Promise<Site> {
  const model = new Model()
  Object.assign(globalThis, { askModel: model.ask.bind(model), userOf: () => 'user-1' })
  const routes = await routesOf<(request: Request) => Promise<Response>>(
    'react-chat',
    `declare const userOf: any, askModel: any\n${block('ts')}`,
  )
  const code = `${block('tsx')}
     import { createRoot } from 'react-dom/client'
     createRoot(document.getElementById('root')!).render(<Chat />)`
  const ids: (string | null)[] = []
  const { url, server } = await servePage(
    'react-chat',
    { code, loader: 'tsx' },
    '/answers',
    (request) => {
      if (request.method === 'GET') ids.push(request.headers.get('last-event-id'))
      return routes[request.method]!(request)
    },
  )
  return { url, server, model, ids }
}

let site: Site | undefined
afterAll(async () => {
  await stopBrowser()
  site?.server.closeAllConnections()
  site?.server.close()
})

async function openSite(context: TestContext): Promise<{ page: Page; site: Site }> {
  try {
    const page = await openPage()
    site = await startSite()
    await page.goto(site.url)
    return { page, site }
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error
    return context.skip(String(error))
  }
}

test('the chat of the React guide types, streams, resumes, survives a reload, and stops', async (context) => {
  const { page, site } = await openSite(context)
  const { model, server, ids } = site
  const shown = (text: string): Promise<void> =>
    page.locator('output', { hasText: new RegExp(`^${text}$`) }).waitFor()
  const isIn = (state: string): Promise<void> =>
    page.locator('[role=status]', { hasText: new RegExp(`^${state}$`) }).waitFor()

  await page.getByLabel('Prompt').pressSequentially('Hi')
  await page.keyboard.press('Enter')
  await isIn('streaming')
  model.say('Hel')
  await shown('Hel')

  // The connection is lost, and the model goes on meanwhile.
  server.closeAllConnections()
  model.say('lo, ', 'wor')
  await shown('Hello, wor')
  expect(ids).toEqual([null, expect.stringMatching(/./)])

  await page.reload()
  await shown('Hello, wor')
  expect(ids).toHaveLength(3)
  expect(ids[2]).toBeNull()

  await page.getByRole('button', { name: 'Stop' }).click()
  await isIn('stopped')
  await shown('Hello, wor')
  expect(model.signals.map(({ aborted }) => aborted)).toEqual([true])

  // A stopped answer stays stopped, and the next one is another.
  await page.reload()
  await isIn('stopped')
  await page.getByLabel('Prompt').fill('Again')
  await page.getByRole('button', { name: 'Ask' }).click()
  await isIn('streaming')
  model.say('Good', 'bye', 'the end')
  await isIn('done')
  await shown('Goodbye')
  expect(model.signals).toHaveLength(2)
}, 60_000)
