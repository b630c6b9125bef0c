import {
  addToChecksum,
  payloads,
  type SentEvent,
  type TimedEncoder,
  type TimedServer,
} from '@tooling/conformance/timed/work'
import { type Case, type Implementation, type OurImplementation, ours, peer } from '../case.ts'

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
  ours: ours('@tesserae/encoder', 'tesserae-encoder'),
  peer: peer('template literal', 'template-literal'),
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

/** So many events to each of so many clients. Where a server is measured, the time is the CPU time of its process. */
const serving = (
  name: string,
  one: OurImplementation,
  other: Implementation,
  [clients, each]: readonly [clients: number, events: number],
): Case<TimedServer> => ({
  name,
  families: [name.split('/').at(-1)!],
  ours: one,
  peer: other,
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

const node = ours('@tesserae/encoder', 'tesserae-node')
const hono = ours('@tesserae/encoder', 'tesserae-hono')
const paced = ours('@tesserae/encoder', 'tesserae-paced')
const betterSse = peer('better-sse', 'better-sse')
const fastifySse = peer('@fastify/sse', 'fastify-sse')
const streamSSE = peer('streamSSE of Hono', 'hono-stream-sse')
const rawWrite = peer('response.write', 'raw-write')
const topics = ours('10,000 topics', 'tesserae-topics', '@tesserae/encoder')
const fewTopics = ours('100 topics', 'tesserae-few-topics', '@tesserae/encoder')

export const encoderCases: readonly Case[] = [
  encoding('text'),
  encoding('bytes'),
  serving('server/better-sse/1/flood', node, betterSse, [1, 30_000]),
  serving('server/fastify-sse/1/flood', node, fastifySse, [1, 30_000]),
  serving('server/hono-stream-sse/1/flood', hono, streamSSE, [1, 30_000]),
  serving('server/better-sse/200/broadcast', node, betterSse, [200, 200]),
  serving('server/raw-write/300/paced', paced, rawWrite, [300, 64]),
  // One event to each of 100 topics of ten clients, beside 9,900 such topics and without them: the others cost nothing.
  serving('hub/topics/10000x10/deliver', topics, fewTopics, [10, 1000]),
] as readonly Case[]
