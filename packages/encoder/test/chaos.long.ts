import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createHub } from '@tesserae/encoder/hub'
import { sendEvents, type StreamSummary } from '@tesserae/encoder/node'
import { expect, it } from 'vitest'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const SECONDS = 30
/** A busy machine needs longer until a client of each hub has been too slow. */
const MAX_SECONDS = 90

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is in use. Resident memory would be of the collector's moods: it differs by 100 MB from run to run. */
function inUse(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomFrom(start: number): () => number {
  let state = start | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Clients that read, stall, dribble and are cut off at any moment, for half a minute and until a client of each hub was
 * too slow, against sequences, functions and hubs of every policy. Each event carries its number: what a client has got must be in order, and without a gap
 * unless the policy allows one.
 */
it(`survives clients that read, stall and hang up at random (FC_SEED=${seed})`, async () => {
  const random = randomFrom(seed)
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', onUnhandled)
  const ends: StreamSummary[] = []
  const errors: unknown[] = []
  let begun = 0
  let returned = 0
  const options = {
    stallTimeout: 2000,
    onClose: (end: StreamSummary) => void ends.push(end),
    onError: (error: unknown) => void errors.push(error),
  }
  const event = (n: number, large: number) => ({
    id: `${n}`,
    data: 'x'.repeat(n % 4 === 0 ? large : 40),
  })
  const hubs = {
    disconnect: createHub({ queueBytes: 300_000 }),
    'drop-oldest': createHub({ queueBytes: 300_000, policy: 'drop-oldest' }),
    coalesce: createHub({ queueBytes: 300_000, policy: 'coalesce' }),
  }
  const server = http.createServer((request, response) => {
    begun++
    const kind = request.url!.slice(1)
    const hub = hubs[kind as keyof typeof hubs]
    if (hub) return void sendEvents(request, response, hub.source(), options)
    if (kind === 'function')
      return void sendEvents(
        request,
        response,
        async ({ send }) => {
          try {
            for (let n = 0; ; n++) {
              await send(event(n, 3000))
              if (n % 50 === 0) await sleep(1)
            }
          } finally {
            returned++
          }
        },
        options,
      )
    return void sendEvents(
      request,
      response,
      async function* () {
        try {
          for (let n = 0; ; n++) {
            yield event(n, 3000)
            if (n % 50 === 0) await sleep(1)
          }
        } finally {
          returned++
        }
      },
      options,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo

  const faults: string[] = []
  const start = Date.now()
  const hadSlowClients = () =>
    Object.values(hubs).every((hub) => hub.counters().dropped + hub.counters().evicted > 0)
  const goesOn = () => {
    const seconds = (Date.now() - start) / 1000
    return seconds < SECONDS || (seconds < MAX_SECONDS && !hadSlowClients())
  }
  let clients = 0
  async function client(kind: string): Promise<void> {
    clients++
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET /${kind} HTTP/1.1\r\nhost: a\r\n\r\n`)
    let rest = ''
    let last = -1
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        const [, digits] = /^id: (\d+)$/.exec(line) ?? []
        if (digits === undefined) continue
        const number = Number(digits)
        const mayMiss =
          (last === -1 && kind !== 'sequence' && kind !== 'function') ||
          kind === 'drop-oldest' ||
          kind === 'coalesce'
        if (mayMiss ? number <= last : number !== last + 1)
          faults.push(`${kind}: ${number} after ${last}`)
        last = number
      }
    })
    for (let steps = 1 + random() * 8; steps > 0; steps--) {
      if (random() < 0.4) socket.pause()
      else socket.resume()
      await sleep(random() < 0.1 ? 1500 : random() * 40)
    }
    if (random() < 0.5) socket.resetAndDestroy()
    else socket.destroy()
  }
  const kinds = ['sequence', 'function', ...Object.keys(hubs)]
  const publishing = (async () => {
    for (let n = 0; goesOn(); n++) {
      for (const hub of Object.values(hubs)) void hub.publish(event(n, 100_000), { key: n % 10 })
      if (n % 4 === 0) await sleep(20)
    }
  })()
  const before = inUse()
  let most = 0
  const measuring = (async () => {
    while (goesOn()) {
      await sleep(1000)
      most = Math.max(most, inUse())
    }
  })()
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      while (goesOn()) await client(kinds[(index + clients) % kinds.length]!)
    }),
  )
  await publishing
  await measuring
  const grown = most - before

  for (let i = 0; i < 500 && ends.length < begun; i++) await sleep(10)
  expect(faults).toEqual([])
  expect(ends.length).toBe(begun)
  expect(ends.filter(({ reason }) => reason !== 'client-gone' && reason !== 'slow')).toEqual([])
  expect(errors).toEqual([])
  const counters = Object.values(hubs).map((hub) => hub.counters())
  for (const each of counters) expect(each).toMatchObject({ clients: 0, queued: 0 })
  // Otherwise no client was ever too slow, and nothing was shown.
  expect(hadSlowClients()).toBe(true)
  const inHubs = counters.reduce((sum, { opened }) => sum + opened, 0)
  for (let i = 0; i < 300; i++) if (returned + inHubs < begun) await sleep(10)
  expect(returned + inHubs).toBe(begun)
  expect(clients).toBeGreaterThan(200)
  console.log(`at most ${Math.round(grown / 1e6)} MB in use, of ${clients} clients`)
  // 40 clients at a time: 300 kB in a queue, 64 kB in an outbox, and what a socket and its reader hold.
  expect(grown).toBeLessThan(64 * 1024 * 1024)
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
  server.closeAllConnections()
  server.close()
}, 180_000)
