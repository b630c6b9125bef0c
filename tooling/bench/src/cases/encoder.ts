import type { EncoderFace, SentEvent } from '@tooling/conformance/timed/encoder-face'
import { addToChecksum } from '@tooling/conformance/timed/parser-face'
import { payloads, type ServerFace } from '@tooling/conformance/timed/server-face'
import type { Case } from '../cases.ts'

const events: readonly SentEvent[] = Array.from({ length: 1000 }, (_, index) => ({
  event: 'chunk',
  id: `${index}`,
  data: payloads[index % payloads.length]!,
}))

/** All ASCII, so a character is a byte. */
const blocks = events.map(({ event, id, data }) => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`)
const size = blocks.join('').length

const encoding = (work: 'text' | 'bytes'): Case<EncoderFace> => ({
  name: `encoder/chunks/each/${work}`,
  families: [work],
  ours: { name: '@tesserae/encoder', module: './contestants/tesserae-encoder.ts' },
  rival: { name: 'template literal', module: '@tooling/conformance/timed/template-literal' },
  prepare() {
    const buffer = new Uint8Array(65_536)
    return {
      events: events.length,
      bytes: size,
      faultOf: (face) =>
        face.collect(events) === blocks.join('') ? undefined : 'the blocks differ',
      outcome: {
        events: events.length,
        checksum:
          work === 'bytes' ? size : blocks.reduce((sum, block) => addToChecksum(sum, block), 0),
      },
      run: (face) => (work === 'text' ? face.text(events) : face.bytes(events, buffer)),
    }
  },
})

const serving = (
  work: 'flood' | 'broadcast',
  rival: Case['rival'],
  ours: string,
  [clients, each]: readonly [clients: number, events: number],
): Case<ServerFace> => ({
  name: `server/${rival.module.split('/').at(-1)}/${clients}/${work}`,
  families: [work],
  ours: { name: '@tesserae/encoder', module: `./contestants/${ours}.ts` },
  rival,
  prepare: () => ({
    events: clients * each,
    bytes: Math.round((size / events.length) * clients * each),
    async faultOf(face) {
      const { events: seen } = await face.send(clients, 64)
      return seen === clients * 64 ? undefined : `${seen} of ${clients * 64} events arrived`
    },
    outcome: { events: clients * each, checksum: 0 },
    run: (face) => face.send(clients, each),
  }),
})

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
] as readonly Case[]
