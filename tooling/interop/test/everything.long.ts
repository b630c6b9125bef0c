import { expect, it } from 'vitest'
import { chromium } from '../src/clients/chromium.ts'
import { curl } from '../src/clients/curl.ts'
import { eventsource, eventsourceOverHttp2, undici } from '../src/clients/event-source.ts'
import { matrix } from '../src/matrix.ts'
import { deafNginx, nginx } from '../src/servers/nginx.ts'
import { nodeServers } from '../src/servers/node.ts'
import { otherRuntimes, webServers } from '../src/servers/web.ts'

matrix(
  [...nodeServers, ...webServers, ...otherRuntimes, nginx],
  [eventsource, eventsourceOverHttp2, undici, curl, chromium],
)

it('would notice a proxy that holds events back', async () => {
  const { url, stop } = await deafNginx.start()
  const { events, times } = await eventsource.follow(`${url}/late`)
  const delays = events.map(([, data], index) => times[index]! - Number(data))
  expect(Math.max(...delays)).toBeGreaterThan(120)
  await stop()
})
