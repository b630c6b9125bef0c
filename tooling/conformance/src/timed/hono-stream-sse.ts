import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { payloads } from './work.ts'
import { timedServer } from './server-process.ts'

export const { send } = timedServer(import.meta.url, async () => {
  const app = new Hono()
  app.get('/', (context) =>
    streamSSE(context, async (stream) => {
      const events = Number(context.req.query('events'))
      for (let i = 0; i < events; i++)
        await stream.writeSSE({ event: 'chunk', id: `${i}`, data: payloads[i & 63]! })
    }),
  )
  return { server: createServer(getRequestListener(app.fetch)) }
})
