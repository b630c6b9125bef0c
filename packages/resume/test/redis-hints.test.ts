import { redisStore } from '@tesserae/resume/redis'
import { describe, expect, test } from 'vitest'

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
const ignore = (): void => {}

/** A client, and what it was asked. `answer` answers `HELLO` and subscriptions. */
function clientOf(answer: (asked: string) => unknown) {
  const asked: string[] = []
  const ask = async (what: string): Promise<unknown> => {
    asked.push(what)
    return answer(what)
  }
  const client = {
    sendCommand: ([name = '']: string[]) => ask(name),
    subscribe: (channel: string) => ask(`subscribe ${channel}`),
    unsubscribe: (channel: string) => ask(`unsubscribe ${channel}`),
  }
  return { asked, client }
}

describe('a client that was away', () => {
  test.each([
    ['when it was asked for its protocol', 'HELLO', ['HELLO', 'HELLO']],
    ['when it subscribed', 'subscribe tesserae:a', ['HELLO', 'subscribe tesserae:a']],
  ])(
    '%s listens for hints as soon as another reader comes, of this log or another',
    async (_, failing, before) => {
      for (const name of ['a', 'b']) {
        let isAway = true
        const { asked, client } = clientOf((what) => {
          if (isAway && what === failing) throw new Error('The connection is closed')
          return { proto: 3 }
        })
        const store = redisStore(client)
        store.watch?.('a', ignore)
        await turn()
        isAway = false
        store.watch?.(name, ignore)
        store.watch?.(name, ignore)
        await turn()
        expect(asked).toEqual([...before, `subscribe tesserae:${name}`])
      }
    },
  )
})

test.each([
  "NOPERM User default has no permissions to run the 'hello' command",
  'ERR unknown command `HELLO`',
])('a server that answers `HELLO` with %j is asked once a process', async (message) => {
  const { asked, client } = clientOf(() => {
    throw new Error(message)
  })
  const store = redisStore(client)
  for (const name of ['a', 'b', 'b', 'c']) {
    const unwatch = store.watch?.(name, ignore)
    await turn()
    unwatch?.()
    await turn()
  }
  expect(asked).toEqual(['HELLO'])
})

test('a channel is subscribed to while a reader listens', async () => {
  const { asked, client } = clientOf(() => ({ proto: 3 }))
  const store = redisStore(client)
  for (const readers of [1, 3]) {
    const unwatch = Array.from({ length: readers }, () => store.watch?.('a', () => {}))
    await turn()
    for (const each of unwatch) each?.()
    await turn()
  }
  const [on, off] = ['subscribe tesserae:a', 'unsubscribe tesserae:a']
  expect(asked).toEqual(['HELLO', on, off, on, off])
})
