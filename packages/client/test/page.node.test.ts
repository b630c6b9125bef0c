import { fetchEventSource } from '@tesserae/client/fetch-event-source'
import { afterEach, expect, test } from 'vitest'

/** The part of a page that is used, in place of a browser's. */
class Page extends EventTarget {
  hidden = false

  show(isVisible: boolean): void {
    this.hidden = !isVisible
    this.dispatchEvent(new Event('visibilitychange'))
  }
}
const holder = globalThis as { document?: unknown }
afterEach(() => {
  delete holder.document
})

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

/** Every response sends one event, and stays open. */
function openFeed(): { fetch: typeof fetch; readonly signals: AbortSignal[] } {
  const signals: AbortSignal[] = []
  const answer = async (_: unknown, init?: RequestInit): Promise<Response> => {
    signals.push(init!.signal!)
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('id: 1\ndata: a\n\n')),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch: answer as typeof fetch, signals }
}

test('fetchEventSource() gives up a GET while the page is hidden, and sends it again afterwards', async () => {
  const page = new Page()
  holder.document = page
  const { fetch, signals } = openFeed()
  const abort = new AbortController()
  const done = fetchEventSource('https://app.test/', { fetch, signal: abort.signal })
  await rest()
  page.show(false)
  await rest()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  page.show(true)
  await rest()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  abort.abort()
  await done
})

test('fetchEventSource() leaves a POST alone while the page is hidden', async () => {
  const page = new Page()
  holder.document = page
  const { fetch, signals } = openFeed()
  const abort = new AbortController()
  const done = fetchEventSource('https://app.test/', {
    method: 'POST',
    fetch,
    signal: abort.signal,
  })
  await rest()
  page.show(false)
  page.show(true)
  await rest()
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  abort.abort()
  await done
})
