// The AI SDK's own `useChat`, in Chromium, against the routes in the README of `@tesserae/resume`.
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, expect, test, vi } from 'vitest'
import { openPage, stopBrowser } from '../src/browser.ts'
import { routesOf, servePage } from './support/page-site.ts'

const readme = readFileSync(new URL('../../../packages/resume/README.md', import.meta.url), 'utf8')

const CHAT = `
import { useChat } from '@ai-sdk/react'
import { createRoot } from 'react-dom/client'

function Chat() {
  const { messages, status, error, sendMessage, stop } = useChat({ id: 'chat-1', resume: true })
  const text = ({ parts }) => parts.map((part) => part.text ?? '').join('')
  const halt = async () => {
    await fetch('/api/chat/chat-1/stream', { method: 'DELETE' })
    await stop()
  }
  return <>
    <button onClick={() => sendMessage({ text: 'Hi' })}>Ask</button>
    <button onClick={halt}>Stop</button>
    <p role="status">{status}{error && ': ' + error.message}</p>
    <output>{messages.filter(({ role }) => role === 'assistant').map(text).join('|')}</output>
  </>
}
createRoot(document.getElementById('root')).render(<Chat />)`

/** The server code of the README. Its stand-in for a model is replaced by the one of the test. */
function routesOfReadme(): string {
  const [, section = ''] = readme.split('### AI SDK: `useChat')
  const [, code = ''] = /^```ts\n(.*?)^```/ms.exec(section) ?? []
  const replaced = code.replace(/^async function\* ask\(.*?^}\n/ms, 'declare const ask: any\n')
  expect(replaced).not.toBe(code)
  return replaced
}

/** One answer of the model: the test says what it yields, and when. */
interface Answer {
  readonly signal: AbortSignal
  say(...texts: string[]): void
  finish(): void
  fail(): void
}

class Model {
  readonly answers: Answer[] = []

  /** In place of the stream of `streamText`. */
  readonly ask = ({ signal }: { signal: AbortSignal }): ReadableStream<object> =>
    new ReadableStream({
      start: (its) => {
        its.enqueue({ type: 'start' })
        its.enqueue({ type: 'text-start', id: '0' })
        this.answers.push({
          signal,
          say(...texts) {
            for (const delta of texts) its.enqueue({ type: 'text-delta', id: '0', delta })
          },
          finish() {
            its.enqueue({ type: 'text-end', id: '0' })
            its.enqueue({ type: 'finish' })
            its.close()
          },
          fail: () => its.error(new Error('the model failed')),
        })
      },
    })
}

type Route = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>

let server: Server | undefined
/** How each request for a stream that may be there was answered. */
const statuses: number[] = []
/** For conditions that a busy machine may take long to meet. */
const patient = { timeout: 30_000 }

async function startSite(model: Model): Promise<string> {
  Object.assign(globalThis, { ask: model.ask })
  const routes = await routesOf<Route>('use-chat', routesOfReadme())
  const params = Promise.resolve({ id: 'chat-1' })
  const site = await servePage(
    'use-chat',
    { code: CHAT, loader: 'jsx' },
    '/api/chat',
    async (request) => {
      const response = await (routes[request.method] as Route)(request, { params })
      if (request.method === 'GET') statuses.push(response.status)
      return response
    },
  )
  server = site.server
  return site.url
}

afterAll(async () => {
  await stopBrowser()
  server?.closeAllConnections()
  server?.close()
})

test('useChat starts, resumes after a reload, stops and fails with the routes of the README', async ({
  skip,
}) => {
  const model = new Model()
  let page: Page
  try {
    page = await openPage()
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error
    return skip(String(error))
  }
  // The routes take it when they are loaded.
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  await page.goto(await startSite(model))
  const shows = (role: string, text: string): Promise<void> =>
    page.locator(role, { hasText: new RegExp(`^${text}$`) }).waitFor()
  const isIn = (status: string): Promise<void> => shows('[role=status]', status)
  const press = (name: string): Promise<void> => page.getByRole('button', { name }).click()
  const newest = async (count: number): Promise<Answer> => {
    await expect.poll(() => model.answers.length, patient).toBe(count)
    return model.answers.at(-1) as Answer
  }

  const resumed = (...expected: number[]): Promise<void> =>
    expect.poll(() => statuses, patient).toEqual(expected)

  await resumed(204)
  await isIn('ready')
  await press('Ask')
  const first = await newest(1)
  first.say('Hel', 'lo')
  await shows('output', 'Hello')

  // The page goes, the answer goes on, and the page gets the whole of it once.
  await page.reload()
  first.say(', wor')
  await shows('output', 'Hello, wor')
  await isIn('streaming')
  await resumed(204, 200)
  first.say('ld')
  first.finish()
  await shows('output', 'Hello, world')
  await isIn('ready')

  // The next answer of the same chat is another log.
  await press('Ask')
  const second = await newest(2)
  second.say('To be stopped')
  await shows('output', 'Hello, world\\|To be stopped')
  await page.reload()
  await shows('output', 'To be stopped')
  await press('Stop')
  await isIn('ready')
  await expect.poll(() => second.signal.aborted, patient).toBe(true)
  await page.reload()
  await resumed(204, 200, 200, 204)
  await isIn('ready')

  await press('Ask')
  const third = await newest(3)
  third.say('To fail')
  await page.reload()
  await shows('output', 'To fail')
  third.fail()
  await isIn('error: The answer broke off.')
  await shows('output', 'To fail')
  expect(report.mock.calls).toEqual([[new Error('the model failed')]])
  report.mockRestore()
})
