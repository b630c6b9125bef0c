import { redisStore } from '@tesserae/resume/redis'
import { expect, test } from 'vitest'

test('a client that was away when it was asked for its protocol listens for hints as soon as it is asked again', async () => {
  let isAway = true
  const channels: string[] = []
  const client = {
    async sendCommand([name]: string[]): Promise<unknown> {
      if (isAway) throw new Error('The connection is closed')
      return name === 'HELLO' ? { proto: 3 } : 'OK'
    },
    subscribe: async (channel: string) => channels.push(channel),
    unsubscribe: async () => {},
  }
  const store = redisStore(client)
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
  store.watch?.('a', () => {})
  await turn()
  isAway = false
  store.watch?.('b', () => {})
  await turn()
  expect(channels).toEqual(['tesserae:b'])
})
