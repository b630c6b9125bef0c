// The figures in the README of `@tesserae/resume`, on this machine: `node --expose-gc src/stores/figures.ts`.
import { createStreams, memoryStore, type Reader, type Store } from '@tesserae/resume'
import { redisStore } from '@tesserae/resume/redis'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import { startRedis } from './redis-server.ts'

const EVENTS = 20_000
const PACED = 300
const IDLE = 2000
const data = 'x'.repeat(150)

function quantile(values: number[], part: number): string {
  return (values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0).toFixed(2)
}

/** Runs the work. @returns microseconds of wall time and of CPU time for each of `count` events */
async function timed(count: number, work: () => Promise<unknown>): Promise<string> {
  const [cpu, began] = [process.cpuUsage(), performance.now()]
  await work()
  const wall = ((performance.now() - began) * 1000) / count
  const { user, system } = process.cpuUsage(cpu)
  return `${wall.toFixed(1)} µs wall, ${((user + system) / count).toFixed(1)} µs CPU`
}

async function measure(label: string, writing: Store, reading: Store): Promise<void> {
  const say = (what: string, value: string): void => console.log(`${label}: ${what}: ${value}`)
  const [writer, reader] = [createStreams({ store: writing }), createStreams({ store: reading })]

  const latencies: number[] = []
  await writer.start('paced', async function* () {
    for (let n = 0; n < PACED; n++) {
      yield { data: `${performance.now()}` }
      await sleep(4)
    }
  })
  for await (const event of reader.read('paced'))
    latencies.push(performance.now() - Number(event.data))
  say('source to reader, ms', `p50 ${quantile(latencies, 0.5)}, p99 ${quantile(latencies, 0.99)}`)

  const append = async (): Promise<void> => {
    const events = (function* () {
      for (let n = 0; n < EVENTS; n++) yield { data }
    })()
    await (
      await writer.start('flood', events)
    ).done
  }
  say('store an event', await timed(EVENTS, append))
  const replay = async (): Promise<void> => {
    for await (const event of reader.read('flood')) if (event.data !== data) throw event
  }
  say('replay an event', await timed(EVENTS, replay))

  await writer.start('idle', () => new ReadableStream({ start: (its) => its.enqueue({ data }) }))
  const readers: Reader[] = []
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < IDLE; n++) {
    const idle = await reader.read('idle').open()
    await idle.next()
    void idle.next()
    readers.push(idle)
  }
  await sleep(300)
  globalThis.gc?.()
  say(
    'heap of an idle reader, bytes',
    `${Math.round((process.memoryUsage().heapUsed - before) / IDLE)}`,
  )
  for (const idle of readers) await idle.return()
  await writer.stop('idle')
}

const memory = memoryStore()
await measure('memory', memory, memory)
await using redis = await startRedis()
const clients = [createClient({ url: redis.url }), createClient({ url: redis.url })] as const
for (const client of clients) await client.connect()
await measure('redis', redisStore(clients[0]), redisStore(clients[1]))
const usage = Number(
  await clients[0].sendCommand(['MEMORY', 'USAGE', 'tesserae:flood', 'SAMPLES', '0']),
)
console.log(
  `redis: memory for an event with ${data.length} bytes of data: ${Math.round(usage / EVENTS)}`,
)
for (const client of clients) client.destroy()
