import { PassThrough } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { bodyOf, overHttp, unhidden } from './over-http.ts'
import type { EncoderPeer, Sent } from './peer.ts'

/** As much as is used of what some put on the objects of a request. */
interface Expresse {
  data(data: unknown, id?: string): void
  event(event: string, data: unknown, id?: string): void
  comment(comment: string): void
}
interface FastifyStream {
  send(event: object): Promise<void>
  close(): void
}
type FastifySend = (events: AsyncIterable<Sent>) => void
interface KoaStream {
  send(event: object): void
}

/** Ties what is loaded to what is called. */
const encoder = <Package>(peer: EncoderPeer<Package>): EncoderPeer => peer

/** Each is called as its documentation says. */
export const peers = {
  ai: encoder({
    takes: ['data'],
    json: JSON.parse,
    note: '`JsonToSseTransformStream`.',
    load: () => import('ai'),
    async use({ JsonToSseTransformStream }, { data }) {
      const stream = new JsonToSseTransformStream()
      const writer = stream.writable.getWriter()
      void writer.write(data).then(() => writer.close())
      const text = await textOf(stream.readable)
      // After every stream, and not part of the event.
      return text.replace(/data: \[DONE\]\n\n$/, '')
    },
  }),
  'better-sse': encoder({
    takes: ['event', 'id', 'data', 'text', 'comment', 'retry'],
    json: JSON.parse,
    note: 'The event buffer that its sessions write with. Data is JSON; text is sent with the serializer `String`.',
    load: () => import('better-sse'),
    use({ createEventBuffer }, { comment, data, text, event, id, retry }) {
      const buffer = createEventBuffer(text === undefined ? {} : { serializer: String })
      if (comment !== undefined) return buffer.comment(comment).dispatch().read()
      if (event !== undefined) buffer.event(event)
      if (id !== undefined) buffer.id(id)
      if (retry !== undefined) buffer.retry(retry)
      return buffer
        .data(text ?? data)
        .dispatch()
        .read()
    },
  }),
  elysia: encoder({
    takes: ['event', 'id', 'data', 'retry'],
    note: '`sse`, yielded by a handler.',
    load: () => import('elysia'),
    async use({ Elysia, sse }, sent) {
      const app = new Elysia().get('/', function* () {
        yield sse(sent as never)
      })
      const { body } = await app.handle(new Request('http://127.0.0.1/'))
      // Bun takes strings for the pieces of a body, and so it gives strings.
      return textOf(body!)
    },
  }),
  'eventsource-encoder': encoder({
    takes: ['event', 'id', 'data', 'comment', 'retry'],
    load: () => import('eventsource-encoder'),
    use: ({ encode, encodeComment }, { comment, data = '', ...fields }) =>
      comment === undefined ? encode({ data, ...fields }) : encodeComment(comment),
  }),
  'express-sse': encoder({
    takes: ['event', 'id', 'data'],
    json: JSON.parse,
    load: () => import('express-sse'),
    use: ({ default: SSE }, { data, event, id }) =>
      overHttp((request, response) => {
        const sse = new SSE()
        sse.init(request as never, response as never)
        sse.send(data, event, id)
      }),
  }),
  '@toverux/expresse': encoder({
    takes: ['event', 'id', 'data', 'text', 'comment'],
    json: JSON.parse,
    note: 'Data is JSON; text is sent with the serializer `String`.',
    load: () => import('@toverux/expresse'),
    use: ({ default: expresse }, { comment, data, text, event, id }) =>
      overHttp(async (request, response) => {
        const serializer = text !== undefined && { serializer: String }
        // Express would have given it this.
        const set = (headers: object) => response.setHeaders(new Map(Object.entries(headers)))
        Object.assign(response, { set })
        const handler = expresse.sse({ keepAliveInterval: false, ...serializer } as never)
        await new Promise((next) => handler(request as never, response as never, next))
        const { sse } = response as unknown as { sse: Expresse }
        if (comment !== undefined) sse.comment(comment)
        else if (event === undefined) sse.data(text ?? data, id)
        else sse.event(event, text ?? data, id)
      }),
  }),
  '@fastify/sse': encoder({
    takes: ['event', 'id', 'data', 'text', 'retry'],
    json: JSON.parse,
    note: 'Data is JSON; text is sent with the serializer `String`.',
    load: () => Promise.all([import('@fastify/sse'), import('fastify')]),
    use: ([{ default: sse }, { default: Fastify }], { data, text, ...fields }) =>
      unhidden(async (attempt) => {
        const app = Fastify()
        const serializer = text !== undefined && { serializer: String }
        await app.register(sse as never, { heartbeatInterval: 0, ...serializer } as never)
        app.get('/', { sse: 'only' }, async (_, reply) => {
          // The other plugin that is tried here declares another `sse`.
          const stream = reply.sse as unknown as FastifyStream
          await attempt(() => stream.send({ data: text ?? data, ...fields }))
          stream.close()
        })
        return bodyOf(app)
      }),
  }),
  'fastify-sse-v2': encoder({
    takes: ['event', 'id', 'data', 'comment', 'retry'],
    load: () => Promise.all([import('fastify-sse-v2'), import('fastify')]),
    async use([{ FastifySSEPlugin }, { default: Fastify }], sent) {
      const app = Fastify()
      await app.register(FastifySSEPlugin as never)
      async function* source() {
        yield sent
      }
      // The other plugin that is tried here declares another `sse`.
      app.get('/', async (_, reply) => (reply.sse as unknown as FastifySend)(source()))
      return bodyOf(app)
    },
  }),
  'h3-1': encoder({
    name: 'h3',
    takes: ['event', 'id', 'data', 'retry'],
    note: '`createEventStream`.',
    load: () => import('h3-1'),
    async use(
      { createApp, createEventStream, eventHandler, toWebHandler },
      { data = '', ...fields },
    ) {
      const app = createApp()
      app.use(
        eventHandler(async (request) => {
          const stream = createEventStream(request)
          void stream.push({ data, ...fields }).then(() => stream.close())
          return stream.send()
        }),
      )
      return (await toWebHandler(app)(new Request('http://127.0.0.1/'))).bytes()
    },
  }),
  h3: encoder({
    takes: ['event', 'id', 'data', 'comment', 'retry'],
    note: '`createEventStream`.',
    load: () => import('h3'),
    async use({ createEventStream, H3 }, { comment, data = '', ...fields }) {
      const app = new H3()
      app.get('/', (event) => {
        const stream = createEventStream(event)
        const sent =
          comment === undefined ? stream.push({ data, ...fields }) : stream.pushComment(comment)
        void sent.then(() => stream.close())
        return stream.send()
      })
      return (await app.request('/')).bytes()
    },
  }),
  hono: encoder({
    takes: ['event', 'id', 'data', 'retry'],
    note: '`streamSSE`.',
    load: () => Promise.all([import('hono'), import('hono/streaming')]),
    use: ([{ Hono }, { streamSSE }], { data = '', ...fields }) =>
      unhidden(async (attempt) => {
        const app = new Hono()
        app.get('/', (context) =>
          streamSSE(context, (stream) => attempt(() => stream.writeSSE({ data, ...fields }))),
        )
        return (await app.request('/')).bytes()
      }),
  }),
  'koa-sse-stream': encoder({
    takes: ['event', 'id', 'data', 'retry'],
    load: () => Promise.all([import('koa'), import('koa-sse-stream')]),
    use: ([{ default: Koa }, { default: sse }], sent) =>
      overHttp((request, response) => {
        const app = new Koa()
        app.silent = true
        app.use(sse({ pingInterval: 1e6 }))
        app.use(async (context) => {
          const { sse: stream } = context as unknown as { sse: KoaStream }
          stream.send(sent)
          setImmediate(() => context.res.end())
        })
        return app.callback()(request, response)
      }),
  }),
  '@nestjs/core': encoder({
    takes: ['event', 'id', 'data', 'comment', 'retry'],
    note: 'The stream inside `@Sse()`, in which a name is called `type`.',
    async load() {
      // Nest wants this to be there before any of it.
      await import('reflect-metadata')
      return import('@nestjs/core/router/sse-stream.js')
    },
    use: ({ SseStream }, { event, ...sent }) =>
      overHttp(async (request, response) => {
        const stream = new SseStream(request)
        stream.pipe(response)
        const message = { ...sent, ...(event !== undefined && { type: event }) }
        await new Promise<void>((resolve, reject) =>
          stream.writeMessage(message, (error) => (error ? reject(error) : resolve())),
        )
      }),
  }),
  '@orpc/standard-server': encoder({
    takes: ['event', 'id', 'data', 'comment', 'retry'],
    load: () => import('@orpc/standard-server'),
    use: ({ encodeEventMessage }, { comment, ...fields }) =>
      encodeEventMessage(comment === undefined ? fields : { comments: [comment] }),
  }),
  'remix-utils': encoder({
    takes: ['event', 'id', 'data'],
    load: () => import('remix-utils/sse/server'),
    use({ eventStream }, { data = '', ...fields }) {
      const over = new AbortController()
      const response = eventStream(over.signal, (send) => {
        send({ data, ...fields })
        setImmediate(() => over.abort())
        return () => {}
      })
      return response.bytes()
    },
  }),
  'sse-channel': encoder({
    takes: ['event', 'id', 'data', 'retry'],
    load: () => import('sse-channel'),
    use: ({ default: SseChannel }, sent) =>
      overHttp(async (request, response) => {
        const channel = new SseChannel()
        channel.addClient(request, response)
        try {
          channel.send(sent)
          await new Promise(setImmediate)
        } finally {
          channel.close()
        }
      }),
  }),
  'sse-pubsub': encoder({
    takes: ['event', 'data'],
    load: () => import('sse-pubsub'),
    use: ({ default: Channel }, { data, event }) =>
      overHttp((request, response) => {
        const channel = new Channel({ pingInterval: 0, maxStreamDuration: 1000 })
        channel.subscribe(request, response)
        channel.publish(data, event)
        channel.close()
      }),
  }),
  ssestream: encoder({
    takes: ['event', 'id', 'data', 'comment', 'retry'],
    load: () => import('ssestream'),
    async use({ default: { default: SseStream } }, sent) {
      const stream = new SseStream(undefined as never)
      const body = stream.pipe(new PassThrough() as never) as unknown as PassThrough
      stream.write(sent)
      stream.end()
      return textOf(body)
    },
  }),
  susie: encoder({
    takes: ['event', 'id', 'data', 'retry'],
    note: 'The function inside `h.event()`, which hapi would call.',
    load: () => import('susie/lib/utils.js'),
    // It writes what fields there are in the order in which they are, so data comes last here.
    use: ({ stringifyEvent }, { data, ...fields }) => stringifyEvent({ ...fields, data }),
  }),
  '@tanstack/ai': encoder({
    takes: ['id', 'data'],
    json: (data) => (JSON.parse(data) as { value: unknown }).value,
    note: '`toServerSentEventsStream` with `getId`.',
    load: () => import('@tanstack/ai'),
    use({ toServerSentEventsStream }, { id, data }) {
      async function* source() {
        yield { type: 'CUSTOM', name: 'n', value: data } as never
      }
      const stream = toServerSentEventsStream(source(), undefined, () => id)
      return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes()
    },
  }),
  '@tesserae/encoder': encoder({
    takes: ['event', 'id', 'data', 'comment', 'retry'],
    load: () => import('@tesserae/encoder'),
    use: ({ encode, encodeComment }, { comment, data = '', ...fields }) =>
      comment === undefined ? encode({ data, ...fields }) : encodeComment(comment),
  }),
  '@trpc/server': encoder({
    takes: ['id', 'data'],
    json: JSON.parse,
    note: 'A subscription; its IDs are those of `tracked`.',
    load: () => Promise.all([import('@trpc/server'), import('@trpc/server/adapters/fetch')]),
    async use([{ initTRPC, tracked }, { fetchRequestHandler }], { id, data }) {
      const trpc = initTRPC.create()
      const value = id === undefined ? data : tracked(id, data)
      const events = trpc.procedure.subscription(async function* () {
        yield value
      })
      const headers = { accept: 'text/event-stream' }
      const response = await fetchRequestHandler({
        endpoint: '/trpc',
        req: new Request('http://127.0.0.1/trpc/events', { headers }),
        router: trpc.router({ events }),
      })
      return response.bytes()
    },
  }),
}
