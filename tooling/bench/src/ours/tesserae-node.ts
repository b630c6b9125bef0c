import { createServer } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { createHub } from '@tesserae/encoder/hub'
import { sendEvents } from '@tesserae/encoder/node'
import { payloads, values } from '@tooling/conformance/timed/work'
import { broadcasts, timedServer } from '@tooling/conformance/timed/server-process'

export const { send } = timedServer(import.meta.url, async () => {
  const hub = createHub<{ chunk: object }>()
  const server = createServer((request, response) => {
    if (broadcasts()) return void sendEvents(request, response, hub.source())
    const events = Number(new URL(request.url!, 'http://a').searchParams.get('events'))
    void sendEvents(request, response, async function* () {
      for (let i = 0; i < events; i++) yield { event: 'chunk', id: `${i}`, data: payloads[i & 63]! }
    })
  })
  return {
    server,
    async broadcast(events) {
      for (let i = 0; i < events; i++) {
        void hub.emit('chunk', values[i & 63]!, { id: `${i}` })
        if ((i & 7) === 7) await turn()
      }
    },
  }
})
