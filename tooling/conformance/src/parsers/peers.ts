import { responseOf } from '../timed/response.ts'
import type { ParserPeer } from './peer.ts'
import { callingBack, collect, everyEventOf, iterating, textOf } from './read.ts'

type JsonResult =
  | { success: true; rawValue: unknown }
  | { success: false; error: { text?: string } }

/** Each is called as its documentation says. */
export const peers = {
  '@ai-sdk/provider-utils': {
    shows: { json: true },
    note: '`parseJsonEventStream` shows data alone, as JSON; text that is none is in its error.',
    async load() {
      const { jsonSchema, parseJsonEventStream } = await import('@ai-sdk/provider-utils')
      const schema = jsonSchema({})
      return iterating<JsonResult>(
        ({ body }) => parseJsonEventStream({ stream: body!, schema }) as never,
        (result) => ({
          data: result.success ? JSON.stringify(result.rawValue) : result.error.text,
        }),
      )
    },
  },
  '@anthropic-ai/sdk': {
    shows: { unnamed: { is: null } },
    note: '`Stream.rawEvents`.',
    async load() {
      const { Stream } = await import('@anthropic-ai/sdk/core/streaming')
      return iterating(Stream.rawEvents, ({ event, data }) => ({ event, data }))
    },
  },
  'assistant-stream': {
    shows: { unnamed: { is: undefined }, id: { of: 'stream' } },
    note: '`SSEEventDecoder`.',
    async load() {
      const { SSEEventDecoder } = await import('assistant-stream/utils')
      return (chunks) => {
        const { events, onEvent } = collect()
        const decoder = new SSEEventDecoder()
        for (const text of textOf(chunks))
          for (const { event, data, id = '' } of decoder.push(text)) onEvent({ event, data, id })
        decoder.flush()
        return { events }
      }
    },
  },
  effect: {
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' }, retry: true },
    note: '`makeParser` of `effect/encoding/Sse`.',
    async load() {
      const [{ makeParser }, { Duration }] = await Promise.all([
        import('effect/encoding/Sse'),
        import('effect'),
      ])
      return callingBack(
        ({ onEvent, onRetry }) =>
          makeParser((event) => {
            if (event._tag === 'Retry') onRetry(Duration.toMillis(event.duration))
            else onEvent({ event: event.event, data: event.data, id: event.id ?? '' })
          }),
        textOf,
      )
    },
  },
  eventsource: {
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    async load() {
      const { EventSource } = await import('eventsource')
      return (chunks) => {
        const fetch = async (url: string | URL) => responseOf(chunks, `${url}`)
        return everyEventOf(new EventSource('http://127.0.0.1/', { fetch }))
      }
    },
  },
  'eventsource-client': {
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
    async load() {
      const { createEventSource } = await import('eventsource-client')
      return async (chunks) => {
        const { events, onEvent } = collect()
        await new Promise<void>((resolve) => {
          const source = createEventSource({
            url: 'http://127.0.0.1/',
            fetch: async (url) => responseOf(chunks, `${url}`),
            onMessage: onEvent,
            onDisconnect() {
              source.close()
              resolve()
            },
          })
        })
        return { events }
      }
    },
  },
  'eventsource-parser-3': {
    name: 'eventsource-parser',
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
    async load() {
      const { createParser } = await import('eventsource-parser-3')
      return callingBack(createParser, textOf)
    },
  },
  'eventsource-parser': {
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
    async load() {
      const { createParser } = await import('eventsource-parser')
      return callingBack(createParser, textOf)
    },
  },
  '@microsoft/fetch-event-source': {
    shows: { unnamed: { is: '' }, id: { of: 'block', none: '' }, retry: true },
    note: 'Its three parsing functions, put together as `fetchEventSource` does: that itself needs a `document`.',
    async load() {
      const { getBytes, getLines, getMessages } =
        await import('@microsoft/fetch-event-source/lib/cjs/parse.js')
      return async (chunks) => {
        const found = collect()
        const onLine = getLines(getMessages(() => {}, found.onRetry, found.onEvent))
        await getBytes(responseOf(chunks).body!, onLine)
        return found
      }
    },
  },
  'fetch-event-stream': {
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
    note: 'Messages without `data` are left out, since a caller can tell them; IDs that it made numbers are text again.',
    async load() {
      const { events } = await import('fetch-event-stream')
      return iterating(events, ({ event, data, id }) =>
        data === undefined ? undefined : { event, data, id: id === undefined ? id : `${id}` },
      )
    },
  },
  '@langchain/core': {
    shows: { unnamed: { is: '' }, id: { of: 'block', none: '' }, retry: true },
    note: '`utils/event_source_parse`, which began as a copy of @microsoft/fetch-event-source.',
    async load() {
      const { getBytes, getLines, getMessages } =
        await import('@langchain/core/utils/event_source_parse')
      return async (chunks) => {
        const found = collect()
        const onLine = getLines(getMessages(found.onEvent, () => {}, found.onRetry))
        await getBytes(responseOf(chunks).body!, onLine)
        return found
      }
    },
  },
  '@mistralai/mistralai': {
    shows: { unnamed: { is: undefined }, id: { of: 'stream' } },
    note: '`EventStream` of `lib/event-streams`, which other clients that Speakeasy generates have, too.',
    async load() {
      const { EventStream } = await import('@mistralai/mistralai/lib/event-streams.js')
      return iterating(
        ({ body }) => new EventStream(body!, (value) => ({ value, done: false })),
        ({ event, data, id = '' }) => ({ event, data, id }),
      )
    },
  },
  openai: {
    shows: { unnamed: { is: null } },
    note: 'The decoder inside `Stream.fromSSEResponse`, which itself takes JSON only.',
    async load() {
      const { _iterSSEMessages } = await import('openai/core/streaming')
      return iterating(
        (response) => _iterSSEMessages(response, new AbortController()),
        ({ event, data }) => ({ event, data }),
      )
    },
  },
  '@orpc/standard-server': {
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
    note: 'Its messages without `data` are left out, and so is the error with which its `end` reports a cut.',
    async load() {
      const { EventDecoder } = await import('@orpc/standard-server')
      return (chunks) => {
        const { events, onEvent } = collect()
        const decoder = new EventDecoder({
          onEvent: ({ event, data, id }) => {
            if (data !== undefined) onEvent({ event, data, id })
          },
        })
        for (const text of textOf(chunks)) decoder.feed(text)
        try {
          decoder.end()
        } catch {
          // It says that the stream ended inside an event, which is more than most do.
        }
        return { events }
      }
    },
  },
  'parse-sse': {
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    async load() {
      const { parseServerSentEvents } = await import('parse-sse')
      return iterating<{ type: string; data: string; lastEventId: string }>(
        (response) => parseServerSentEvents(response) as never,
        ({ type, data, lastEventId }) => ({ event: type, data, id: lastEventId }),
      )
    },
  },
  'sse.js': {
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    note: 'With an `XMLHttpRequest` that hands out the chunks, decoded.',
    async load() {
      const [{ SSE }, { requestOf }] = await Promise.all([
        import('sse.js'),
        import('./fake-request.ts'),
      ])
      return (chunks) => {
        Object.assign(globalThis, { XMLHttpRequest: requestOf(chunks) })
        const source = new SSE('http://127.0.0.1/', { start: false })
        // Its types give `dispatchEvent` the parameters of `addEventListener`.
        const found = everyEventOf(source as never)
        source.stream()
        return found
      }
    },
  },
  '@tesserae/parser': {
    shows: { unnamed: { is: undefined }, id: { of: 'stream' }, retry: true },
    async load() {
      const { createParser } = await import('@tesserae/parser')
      return (chunks) => {
        const found = collect()
        const parser = createParser({ onRetry: found.onRetry })
        for (const chunk of chunks) {
          parser.feed(chunk)
          for (const { event, data, lastEventId } of parser)
            found.onEvent({ event, data, id: lastEventId })
        }
        parser.end()
        return found
      }
    },
  },
  '@tesserae/parser/compat': {
    package: '@tesserae/parser',
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
    note: 'Given the text of a `TextDecoder`, which takes one byte order mark, it takes a second, as eventsource-parser does.',
    async load() {
      const { createParser } = await import('@tesserae/parser/compat')
      return callingBack(createParser, (chunks) => chunks)
    },
  },
  undici: {
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    note: '`EventSource`, with a dispatcher that answers with the chunks; that of Node is a copy of it.',
    async load() {
      const [{ EventSource }, { Answering }] = await Promise.all([
        import('undici'),
        import('./fake-dispatcher.ts'),
      ])
      return (chunks) => {
        const node = { dispatcher: new Answering(chunks) }
        return everyEventOf(new EventSource('http://127.0.0.1/', { node }) as never)
      }
    },
  },
} satisfies Record<string, ParserPeer>
