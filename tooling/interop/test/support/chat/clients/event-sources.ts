import { accumulate, type Accumulated } from '@tesserae/openai'
import { EventSource as NpmEventSource } from 'eventsource'
import { EventSource as UndiciEventSource } from 'undici'
import { openPage, stopBrowser } from '../../../../src/browser.ts'
import { versioned } from '../../../../src/packages.ts'
import type { Answer } from '../answers.ts'
import type { ChatClient, Endpoint, Reading } from './client.ts'
import { eventsOf, ours } from './ours.ts'

const PATIENCE = 30_000

/** It reads to [DONE], or, of an answer that breaks, to the end, where it would come back if it were let. */
type Follow = (url: string, seen: () => void) => Promise<string[]>

function eventSource(name: string, follow: Follow, stop?: () => Promise<void>): ChatClient {
  return {
    name,
    async read({ url }: Endpoint, answer: Answer, seen: () => void): Promise<Reading> {
      const asked = `${url}/v1/chat/completions?model=${answer.name}`
      const sequence = await follow(asked, seen)
      return readingOf(sequence)
    },
    expected: (answer) => ({ ...ours.expected(answer, ''), sequence: eventsOf(answer) }),
    ...(stop && { stop }),
  }
}

async function readingOf(sequence: readonly string[]): Promise<Reading> {
  const events = sequence.map((data) => ({ data }))
  const { message, verdict }: Accumulated = await accumulate(events, { incomplete: 'return' })
  return { message, error: verdict.error?.raw, sequence }
}

/** What other libraries' classes have in common with the browser's. */
function follow(Source: new (url: string) => unknown): Follow {
  return (url, seen) =>
    new Promise((resolve, reject) => {
      const events: string[] = []
      const source = new Source(url) as EventSource
      const timer = setTimeout(() => end(reject), PATIENCE)
      const end = (
        settle: (value: never) => void,
        value: unknown = new Error('It takes too long.'),
      ) => {
        clearTimeout(timer)
        source.close()
        settle(value as never)
      }
      source.addEventListener('message', ({ data }) => {
        events.push(data)
        if (events.length === 2) seen()
        if (data === '[DONE]') end(resolve, events)
      })
      source.addEventListener('error', () => end(resolve, events))
    })
}

export const eventsource: ChatClient = eventSource(versioned('eventsource'), follow(NpmEventSource))

export const undiciEventSource: ChatClient = eventSource(
  `EventSource of ${versioned('undici')}`,
  follow(UndiciEventSource),
)

/** What the page calls when it has the first words. */
let onFirst: (() => void) | undefined
let isExposed = false

export const chromium: ChatClient = eventSource(
  'EventSource of Chromium',
  async (url, seen) => {
    const page = await openPage()
    onFirst = seen
    if (!isExposed) await page.exposeFunction('sawFirst', () => onFirst?.())
    isExposed = true
    return page.evaluate(
      ([address, patience]) =>
        new Promise<string[]>((resolve, reject) => {
          const events: string[] = []
          const source = new EventSource(address)
          const end = (settle: () => void): void => {
            source.close()
            settle()
          }
          setTimeout(() => end(() => reject(new Error('It takes too long.'))), patience)
          source.addEventListener('message', ({ data }) => {
            events.push(data)
            if (events.length === 2) (globalThis as unknown as { sawFirst(): void }).sawFirst()
            if (data === '[DONE]') end(() => resolve(events))
          })
          source.addEventListener('error', () => end(() => resolve(events)))
        }),
      [url, PATIENCE] as const,
    )
  },
  async () => {
    isExposed = false
    await stopBrowser()
  },
)
