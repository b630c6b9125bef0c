import { eventStream, type WebStreamOptions } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

const requestWith = (init: RequestInit) => new Request('http://localhost/', init)

/** Another server's answer, say: something is under way before an event is asked for. */
function upstream() {
  const state = { asked: 0, returned: 0 }
  const source = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        state.asked++
        return { done: false as const, value: { data: 'x' } }
      },
      async return() {
        state.returned++
        throw new Error('which has no listener')
      },
    }),
  }
  return { source, state }
}

describe('a source is returned without being asked', () => {
  const cases: Record<string, WebStreamOptions> = {
    'to a HEAD request': { request: requestWith({ method: 'HEAD' }) },
    'to a client that must not come back': {
      request: requestWith({ headers: { 'last-event-id': 'tesserae:final' } }),
    },
    'with a Last-Event-ID that is too long': {
      request: requestWith({ headers: { 'last-event-id': 'x'.repeat(2000) } }),
    },
    'with a header that is forbidden': { headers: { connection: 'close' } },
  }

  for (const [name, options] of Object.entries(cases))
    it(name, async () => {
      const { source, state } = upstream()
      await eventStream(source, options).catch(() => {})
      expect(state).toEqual({ asked: 0, returned: 1 })
    })
})

it('uses the option `lastEventId` without decoding it', async () => {
  let seen: string | undefined
  const source = async ({ lastEventId }: { lastEventId: string | undefined }) => {
    seen = lastEventId
  }
  await (await eventStream(source, { lastEventId: 'Ã©' })).text()
  expect(seen).toBe('Ã©')
})

it('sends comments that a reader of another stream cannot change', async () => {
  const idle = () => eventStream(() => sleep(5))
  const reader = (await idle()).body!.getReader()
  const { value } = await reader.read()
  value!.fill(0x21)
  await reader.cancel()
  expect(await (await idle()).text()).toBe(':\n\n')
})
