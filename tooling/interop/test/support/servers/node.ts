import { createServer, type RequestListener } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { sendEvents, type NodeRequest, type NodeResponse } from '@tesserae/encoder/node'
import compression from 'compression'
import express from 'express'
import Fastify from 'fastify'
import fastifyCompress from '@fastify/compress'
import Koa from 'koa'
import koaCompress from 'koa-compress'
import { certificate } from '../certificate.ts'
import { optionsFor, play } from '../script.ts'
import type { Running, Server } from './server.ts'

const answer = (path: string, request: NodeRequest, response: NodeResponse): Promise<unknown> =>
  sendEvents(
    request,
    response,
    (stream) => play(path, stream),
    optionsFor(path, request.headers['last-event-id']?.toString()),
  )

async function listening(server: NetServer, scheme = 'http'): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
      server.close()
    },
  }
}

const plain = (listener: RequestListener): Promise<Running> => listening(createServer(listener))

/** Each with compression switched on, which is what most often holds events back. */
export const nodeServers: readonly Server[] = [
  {
    name: 'node:http',
    protocol: 'h1',
    start: () => plain((request, response) => void answer(request.url ?? '', request, response)),
  },
  {
    name: 'node:http2',
    protocol: 'h2',
    start: () =>
      listening(
        createSecureServer(
          certificate(),
          (request, response) => void answer(request.url, request, response),
        ),
        'https',
      ),
  },
  {
    name: 'Express, compression',
    protocol: 'h1',
    start() {
      const app = express()
      app.use(compression({ threshold: 0 }))
      app.get('/:path', (request, response) => answer(request.url, request, response))
      return plain(app)
    },
  },
  {
    name: 'Fastify, @fastify/compress',
    protocol: 'h1',
    async start() {
      const app = Fastify({ forceCloseConnections: true })
      await app.register(fastifyCompress, { threshold: 0 })
      app.get('/:path', async (request, reply) => {
        await answer(request.url, request.raw, reply.raw)
        reply.hijack()
      })
      return { url: await app.listen({ port: 0, host: '127.0.0.1' }), stop: () => app.close() }
    },
  },
  {
    name: 'Koa, koa-compress',
    protocol: 'h1',
    start() {
      const app = new Koa()
      app.use(koaCompress({ threshold: 0 }))
      app.use(async (context) => {
        await answer(context.url, context.req, context.res)
        context.respond = false
      })
      return plain(app.callback())
    },
  },
]
