import { gunzipSync } from 'node:zlib'
import { accumulate, type ModelStreamError } from '@tesserae/openai'
import { createParser } from '@tesserae/parser'
import { type Answer, answerOf, answers } from '../chat/answers.ts'
import { aimock, nginxGzip, nginxPlain, type Path, portkey } from '../chat/between/paths.ts'
import { startRelay, type Wire, wires } from '../chat/between/relay.ts'
import type { ChatClient, Endpoint } from '../chat/clients/client.ts'
import { openaiCreate } from '../chat/clients/openai.ts'
import { ask, eventsOf, ours } from '../chat/clients/ours.ts'
import { llms, togetherAi } from '../chat/clients/re-encoded.ts'
import { converse, converseAtOnce } from '../chat/conversation.ts'
import { startChatServer } from '../chat/our-server.ts'
import type { Group, Pair } from '../pair.ts'
import type { Sheet } from '../sheet.ts'
import type { SharedServers } from '../shared-servers.ts'

const prompt = answers.filter(({ how }) => how !== 'waits')

interface Settings {
  /** In which ways the upstream sends, beside the usual. */
  readonly ways?: readonly Wire[]
  /** The status of an error that came as 400. */
  readonly refusal?: number
  readonly also?: (sheet: Sheet, servers: SharedServers) => Promise<void>
}

function through(path: Path, client: ChatClient, settings: Settings = {}): Pair {
  const { ways = [], refusal = 400, also } = settings
  return {
    name: `${path.name}, read by ${client.name}`,
    async run(sheet, servers) {
      const server = await servers.get('our server', startChatServer)
      const endpoint = await path.to(server.url, servers)
      await converse(sheet, client, endpoint, answers)
      await converseAtOnce(sheet, client, endpoint, server)
      for (const wire of ways) {
        const relay = await servers.get(wire.name, () => startRelay(server.url, wire))
        await converse(sheet, client, await path.to(relay.url, servers), prompt, wire.name)
      }
      if (client === ours) await compareRefusal(sheet, endpoint, refusal)
      await also?.(sheet, servers)
    },
  }
}

/** An error before the stream stays an error, and says what the server said. */
async function compareRefusal(sheet: Sheet, endpoint: Endpoint, status: number): Promise<void> {
  const refused = await ask(endpoint, { model: 'none', stream: true, messages: [] })
  const failure = await accumulate(refused).catch((error: unknown) => error)
  const { code, status: got, error } = failure as ModelStreamError
  const known = status === 400 ? undefined : `a 400 of the server becomes a ${status}`
  const actual = { code, status: got, type: error?.type, reason: error?.code }
  const expected = {
    code: 'server-error',
    status,
    type: 'invalid_request_error',
    reason: 'no_model',
  }
  sheet.compare('refusals', 'no such model', actual, expected, known)
}

/** It asks for gzip, passes it on, and does not say so. */
async function compareLostGzip(sheet: Sheet, servers: SharedServers): Promise<void> {
  const server = await servers.get('our server', startChatServer)
  const gzip = wires.find((wire) => wire.gzip)!
  const relay = await servers.get(gzip.name, () => startRelay(server.url, gzip))
  const response = await ask(await aimock.to(relay.url, servers), {
    model: 'text',
    stream: true,
    messages: [],
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const parser = createParser()
  parser.feed(gunzipSync(bytes))
  const read = {
    encoding: response.headers.get('content-encoding'),
    events: [...parser].map(({ data }) => data),
  }
  const expected = { encoding: null, events: eventsOf(answerOf('text')) }
  sheet.compare(
    'sequences',
    'gzip',
    read,
    expected,
    'Content-Encoding is lost, and gzip is what comes',
  )
}

const uncompressed = wires.filter((wire) => !wire.gzip)

export const throughOthers: Group = {
  title: 'Our server, read through gateways and proxies',
  pairs: [
    ...[openaiCreate, ours].flatMap((client) => [
      through(nginxPlain, client),
      through(nginxGzip, client),
      through(portkey, client, { ways: wires }),
      through(aimock, client, {
        ways: uncompressed,
        refusal: 502,
        ...(client === ours && { also: compareLostGzip }),
      }),
    ]),
    ...[togetherAi, llms].map((client): Pair => ({
      name: client.name,
      async run(sheet, servers) {
        const server = await servers.get('our server', startChatServer)
        const endpoint = await client.before(server.url, servers)
        const { unpredictable = [] } = client
        const isFit = ({ name }: Answer): boolean => !unpredictable.includes(name)
        await converse(sheet, client, endpoint, answers.filter(isFit))
        await converseAtOnce(sheet, client, endpoint, server)
        for (const wire of uncompressed) {
          const relay = await servers.get(wire.name, () => startRelay(server.url, wire))
          const before = await client.before(relay.url, servers)
          await converse(sheet, client, before, prompt.filter(isFit), wire.name)
        }
      },
    })),
  ],
}
