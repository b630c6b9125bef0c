import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { eventStream } from '@tesserae/encoder/web'
import { payloads } from '@tooling/conformance/timed/work'
import { timedServer } from '@tooling/conformance/timed/server-process'
import { Hono } from 'hono'

/** The same server and framework as the peer's, so that nothing but the streams differ. */
export const { send } = timedServer(import.meta.url, async () => {
  const app = new Hono()
  app.get('/', (context) => {
    const events = Number(context.req.query('events'))
    return eventStream(
      async ({ send: write }) => {
        for (let i = 0; i < events; i++)
          await write({ event: 'chunk', id: `${i}`, data: payloads[i & 63]! })
      },
      { request: context.req.raw },
    )
  })
  return { server: createServer(getRequestListener(app.fetch)) }
})
