import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { payloads } from './work.ts'
import { timedServer } from './server-process.ts'

/** What a server without any library does: one `response.write` for each event, unchecked. */
export const { send } = timedServer(import.meta.url, async () => {
  const responses: ServerResponse[] = []
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    response.write(':\n\n')
    responses.push(response)
  })
  return {
    server,
    async broadcast(events) {
      for (let i = 0; i < events; i++) {
        for (const response of responses)
          response.write(`event: chunk\nid: ${i}\ndata: ${payloads[i & 63]!}\n\n`)
        await sleep(5)
      }
      responses.length = 0
    },
  }
})
