import {
  addToChecksum,
  payloads,
  type SentEvent,
  type TimedEncoder,
  type TimedServer,
} from '@tooling/conformance/timed/work'
import type { Case } from '../cases.ts'

const events: readonly SentEvent[] = Array.from({ length: 1000 }, (_, index) => ({
  event: 'chunk',
  id: `${index}`,
  data: payloads[index % payloads.length]!,
}))

/** All ASCII, so a character is a byte. */
const blocks = events.map(({ event, id, data }) => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`)
const size = blocks.join('').length

const encoding = (work: 'text' | 'bytes'): Case<TimedEncoder> => ({
  name: `encoder/chunks/each/${work}`,
  families: [work],
  ours: { name: '@tesserae/encoder', module: './ours/tesserae-encoder.ts' },
  peer: { name: 'template literal', module: '@tooling/conformance/timed/template-literal' },
  workload() {
    const buffer = new Uint8Array(65_536)
    return {
      events: events.length,
      bytes: size,
      faultOf: (code) =>
        code.collect(events) === blocks.join('') ? undefined : 'the blocks differ',
      outcome: {
        events: events.length,
        checksum:
          work === 'bytes' ? size : blocks.reduce((sum, block) => addToChecksum(sum, block), 0),
      },
      run: (code) => (work === 'text' ? code.text(events) : code.bytes(events, buffer)),
    }
  },
})

const serving = (
  work: 'flood' | 'broadcast' | 'paced',
  peer: Case['peer'],
  ours: string,
  [clients, each]: readonly [clients: number, events: number],
): Case<TimedServer> => ({
  name: `server/${peer.module.split('/').at(-1)}/${clients}/${work}`,
  families: [work],
  ours: { name: '@tesserae/encoder', module: `./ours/${ours}.ts` },
  peer,
  workload: () => ({
    events: clients * each,
    bytes: Math.round((size / events.length) * clients * each),
    async faultOf(code) {
      const { events: seen } = await code.send(clients, 64)
      return seen === clients * 64 ? undefined : `${seen} of ${clients * 64} events arrived`
    },
    outcome: { events: clients * each, checksum: 0 },
    run: (code) => code.send(clients, each),
  }),
})

/** One event to each of 100 topics of ten clients, beside 9,900 such topics and without them: the others cost nothing. */
const topics: Case<TimedServer> = {
  name: 'hub/topics/10000x10/deliver',
  families: ['topics'],
  ours: { name: '10,000 topics', module: './ours/tesserae-topics.ts' },
  peer: { name: '100 topics', module: './ours/tesserae-few-topics.ts' },
  workload: () => ({
    events: 10_000,
    bytes: Math.round((size / events.length) * 10_000),
    async faultOf(code) {
      const { events: seen } = await code.send(10, 200)
      return seen === 2000 ? undefined : `${seen} of 2000 events were delivered`
    },
    outcome: { events: 10_000, checksum: 0 },
    run: (code) => code.send(10, 1000),
  }),
}

const rawWrite = { name: 'response.write', module: '@tooling/conformance/timed/raw-write' }
const betterSse = { name: 'better-sse', module: '@tooling/conformance/timed/better-sse' }
const fastifySse = { name: '@fastify/sse', module: '@tooling/conformance/timed/fastify-sse' }
const hono = { name: 'streamSSE of Hono', module: '@tooling/conformance/timed/hono-stream-sse' }

/** Of `server` cases the time is the CPU time of the server's process for each event and client. */
export const encoderCases: readonly Case[] = [
  encoding('text'),
  encoding('bytes'),
  serving('flood', betterSse, 'tesserae-node', [1, 30_000]),
  serving('flood', fastifySse, 'tesserae-node', [1, 30_000]),
  serving('flood', hono, 'tesserae-hono', [1, 30_000]),
  serving('broadcast', betterSse, 'tesserae-node', [200, 200]),
  serving('paced', rawWrite, 'tesserae-paced', [300, 64]),
  topics,
] as readonly Case[]
