import { openPage, stopBrowser } from '../../../src/browser.ts'
import { names } from '../script.ts'
import type { Client, Session } from './client.ts'

/** The browser's own EventSource, on a page of another origin. */
export const chromium: Client = {
  name: 'EventSource of Chromium',
  protocols: ['h1', 'h2'],
  async follow(url) {
    const page = await openPage()
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
  stop: stopBrowser,
}
