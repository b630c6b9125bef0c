import { chromium } from '../clients/chromium.ts'
import type { Client } from '../clients/client.ts'
import { curl } from '../clients/curl.ts'
import { eventsource, eventsourceOverHttp2, undici } from '../clients/event-source.ts'
import type { Group, Pair } from '../pair.ts'
import { connections, expected } from '../script.ts'
import { deafNginx, nginx } from '../servers/nginx.ts'
import { nodeServers } from '../servers/node.ts'
import type { Server } from '../servers/server.ts'
import { otherRuntimes, webServers } from '../servers/web.ts'

const clients: readonly Client[] = [eventsource, eventsourceOverHttp2, undici, curl, chromium]
const servers: readonly Server[] = [...nodeServers, ...webServers, ...otherRuntimes, nginx]

/** A busy machine may keep one event waiting; whatever holds events back keeps all of them. */
const ATTEMPTS = 10
const PROMPT_ATTEMPTS = 3

/** How late the later of two events is, which are sent a while apart. */
async function delayOf(client: Client, url: string): Promise<number> {
  const { events, times } = await client.follow(`${url}/late`)
  return Math.max(...events.map(([, data], index) => times[index]! - Number(data)))
}

/** Less than the while that is between them. */
const PROMPT = 100

/** What needs no runtime but Node, and no program that may be missing. */
const isQuick = (server: Server, client: Client): boolean =>
  client !== chromium && [...nodeServers, ...webServers].includes(server)

const both = servers.flatMap((server) =>
  clients
    .filter(({ protocols }) => protocols.includes(server.protocol))
    .map((client): Pair => ({
      quick: isQuick(server, client),
      name: `${server.name}, read by ${client.name}`,
      async run(sheet, servers) {
        const { url } = await servers.get(server.name, async () => server.start())
        const { events, opened } = await client.follow(`${url}/script`)
        for (const [index, event] of expected.entries())
          sheet.compare('events', `event ${index}`, events[index], event)
        sheet.compare('sequences', 'script', events.length, expected.length)
        sheet.compare('reconnections', 'script', opened - 1, connections - 1)
        const prompt: number[] = []
        const late: number[] = []
        while (prompt.length < PROMPT_ATTEMPTS && prompt.length + late.length < ATTEMPTS) {
          const delay = await delayOf(client, url)
          const isPrompt = delay < PROMPT
          ;(isPrompt ? prompt : late).push(delay)
          if (!isPrompt) console.log(`retried: an event came ${delay} ms after it was sent`)
        }
        if (prompt.length === PROMPT_ATTEMPTS) sheet.delay(Math.max(...prompt))
        else sheet.check('', false, `events came ${late.join(', ')} ms after they were sent`)
      },
    })),
)

const heldBack: Pair = {
  name: 'nginx, deaf to X-Accel-Buffering, read by eventsource',
  async run(sheet, servers) {
    const { url } = await servers.get('deaf nginx', async () => deafNginx.start())
    const isLate = (await delayOf(eventsource, url)) > PROMPT
    sheet.compare('delays', 'late', isLate, true, 'it holds events back, and we would notice')
  },
}

export const eventStreams: Group = {
  title: `Servers that send ${expected.length} events with our encoder, compressed, over ${connections} connections`,
  pairs: [...both, heldBack],
  stop: () => chromium.stop!(),
}
