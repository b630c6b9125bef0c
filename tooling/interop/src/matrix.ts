import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from './clients/client.ts'
import { connections, expected } from './script.ts'
import type { Running, Server } from './servers/server.ts'

/** How late an event may be at the client, in milliseconds after it was sent. */
const PROMPT = 100

/** Every server with every client that speaks its protocol. What cannot be started fails; nothing is skipped. */
export function matrix(servers: readonly Server[], clients: readonly Client[]): void {
  afterAll(async () => {
    for (const client of clients) await client.stop?.()
  })
  for (const server of servers)
    describe(server.name, () => {
      let running: Running
      beforeAll(async () => {
        running = await server.start()
      }, 60_000)
      afterAll(() => running?.stop())

      for (const client of clients.filter(({ protocols }) => protocols.includes(server.protocol))) {
        it(`gives ${client.name} every event, over reconnections, and is not asked again`, async () => {
          const { events, opened } = await client.follow(`${running.url}/script`)
          expect(events).toEqual(expected)
          expect(opened).toBe(connections)
        })

        it(`gives ${client.name} each event as it is sent`, async () => {
          const { events, times } = await client.follow(`${running.url}/late`)
          const delays = events.map(([, data], index) => times[index]! - Number(data))
          expect(delays).toHaveLength(2)
          expect(Math.max(...delays)).toBeLessThan(PROMPT)
        })
      }
    })
}
