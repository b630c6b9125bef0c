import { StreamError } from '@tesserae/encoder'
import { eventStream, type OpenableSource, type SourceRequest } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

describe('a source with open()', () => {
  it('holds the head back until it has looked something up', async () => {
    let isOpen = false
    const source: OpenableSource = {
      async open() {
        await sleep(30)
        isOpen = true
        return [{ data: 'a' }]
      },
    }
    const response = await eventStream(source)
    expect(isOpen).toBe(true)
    expect(await response.text()).toBe('data: a\n\n')
  })

  it('is given the Last-Event-ID and the signal', async () => {
    let given!: SourceRequest
    const request = new Request('http://localhost/', { headers: { 'last-event-id': '7' } })
    const source: OpenableSource = {
      open(it) {
        given = it
        return [{ data: 'a' }]
      },
    }
    await (await eventStream(source, { request })).text()
    expect([given.lastEventId, given.signal.aborted]).toEqual(['7', true])
  })

  for (const status of [400, 404, 412])
    it(`answers with ${status} if it rejects with a StreamError of that status`, async () => {
      const open = async () => {
        await sleep(10)
        throw new StreamError('not-found', 'This log does not exist.', status)
      }
      const response = await eventStream({ open })
      expect([response.status, await response.text()]).toEqual([status, 'This log does not exist.'])
    })

  it('makes eventStream reject if it rejects with anything else', async () => {
    const fault = new Error('no connection')
    const open = async () => {
      await sleep(10)
      throw fault
    }
    await expect(eventStream({ open })).rejects.toBe(fault)
  })

  it('has what it opened returned when the client went meanwhile', async () => {
    const client = new AbortController()
    let returned = 0
    let tell!: () => void
    const told = new Promise<void>((resolve) => (tell = resolve))
    const open = async () => {
      await sleep(10)
      return {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false as const, value: { data: 'a' } }),
          return: async () => {
            returned++
            tell()
            return { done: true as const, value: undefined }
          },
        }),
      }
    }
    const request = new Request('http://localhost/', { signal: client.signal })
    const pending = eventStream({ open }, { request })
    client.abort()
    await (await pending).text().catch(() => {})
    // Browsers pass an abort on to a request in a turn of their own.
    await told
    await sleep(20)
    expect(returned).toBe(1)
  })

  it('makes eventStream reject if it opens nothing that can be iterated', async () => {
    const open = async () => 5 as never
    await expect(eventStream({ open })).rejects.toMatchObject({ code: 'bad-source' })
  })
})
