// One server process of the chaos run: `node server.ts <address of Redis> <redis or ioredis>`. It prints its port.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendEvents } from '@tesserae/encoder/node'
import { createStreams } from '@tesserae/resume'
import { type RedisClient, redisStore } from '@tesserae/resume/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { LEASE, payload, POLL, RECONNECT } from './settings.ts'

const [, , url = '', kind = ''] = process.argv
const TICK = 50

function connect(): RedisClient {
  if (kind === 'ioredis') {
    const client = new Redis(url, { retryStrategy: () => RECONNECT })
    client.on('error', () => {})
    return client
  }
  const client = createClient({
    url,
    pingInterval: 500,
    socket: { socketTimeout: 2000, reconnectStrategy: RECONNECT },
  })
  client.on('error', () => {})
  client.connect().catch(() => {})
  return client
}

const streams = createStreams({
  store: redisStore(connect()),
  lease: LEASE,
  poll: POLL,
  patience: 20_000,
  onError: () => {},
})

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const number = (name: string): number => Number(searchParams.get(name))
  const answer = async (): Promise<void> => {
    if (request.method === 'GET')
      return void (await sendEvents(request, response, streams.read(pathname), {
        final: true,
        onError() {},
      }))
    if (request.method === 'DELETE') await streams.stop(pathname)
    else
      await streams.start(
        pathname,
        async function* ({ count, signal }) {
          for (let n = count; n < number('events') && !signal.aborted; n++) {
            yield { data: payload(pathname, n, searchParams.get('attempt') ?? '') }
            await sleep(number('pause'))
          }
        },
        { takeover: searchParams.has('takeover') },
      )
    response.end()
  }
  answer().catch(() => {
    response.statusCode = 503
    response.end()
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port))
// Says for how long this process did not run, because the machine was busy or the process was frozen.
let ran = performance.now()
function stall(): number {
  const before = ran
  ran = performance.now()
  return ran - before - TICK
}
setInterval(() => {
  const milliseconds = stall()
  if (milliseconds > TICK) process.send?.(milliseconds)
}, TICK)
// A question is answered as soon as the process runs again.
process.on('message', () => process.send?.(stall()))
// Ends with the process that started it.
process.stdin.on('end', () => process.exit()).resume()
