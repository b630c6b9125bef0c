import { createServer } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { createChannel, createSession } from 'better-sse'
import { payloads, values } from './work.ts'
import { broadcasts, timedServer } from './server-process.ts'

export const { send } = timedServer(import.meta.url, async () => {
  const channel = createChannel()
  const server = createServer(async (request, response) => {
    // What floods is JSON already; what is broadcast is made JSON for each client.
    const options = broadcasts() ? {} : { serializer: String }
    const session = await createSession(request, response, options)
    const events = Number(new URL(request.url!, 'http://a').searchParams.get('events'))
    if (broadcasts()) {
      channel.register(session)
      return
    }
    for (let i = 0; i < events; i++) {
      session.push(payloads[i & 63]!, 'chunk', `${i}`)
      // It has no way to wait for the client; without a pause all of it would gather in memory first.
      if ((i & 255) === 255) await turn()
    }
  })
  return {
    server,
    async broadcast(events) {
      for (let i = 0; i < events; i++) {
        channel.broadcast(values[i & 63], 'chunk', { eventId: `${i}` })
        if ((i & 7) === 7) await turn()
      }
    },
  }
})
