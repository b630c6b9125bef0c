import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EventStream, openStream } from '@tesserae/encoder/node'
import { payloads } from '@tooling/conformance/timed/work'
import { timedServer } from '@tooling/conformance/timed/server-process'

/** Each client has a stream of its own, and gets one event at a time. */
export const { send } = timedServer(import.meta.url, async () => {
  const streams: EventStream[] = []
  const server = createServer((request, response) => {
    streams.push(openStream(request, response))
  })
  return {
    server,
    async broadcast(events) {
      for (let i = 0; i < events; i++) {
        for (const stream of streams)
          void stream.send({ event: 'chunk', id: `${i}`, data: payloads[i & 63]! })
        await sleep(5)
      }
      streams.length = 0
    },
  }
})
