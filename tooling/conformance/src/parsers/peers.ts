import { responseOf } from '../timed/response.ts'
import type { ParserPeer } from './peer.ts'
import { collect, eventsFed, eventsIn, everyEventOf, textOf } from './read.ts'

type JsonResult =
  | { success: true; rawValue: unknown }
  | { success: false; error: { text?: string } }

/** Ties what is loaded to what is called. */
const parser = <Package>(peer: ParserPeer<Package>): ParserPeer => peer

/** Each is called as its documentation says. */
export const peers = {
  '@ai-sdk/provider-utils': parser({
    shows: { json: true },
    note: '`parseJsonEventStream` shows data alone, as JSON; text that is none is in its error.',
    load: () => import('@ai-sdk/provider-utils'),
    use({ jsonSchema, parseJsonEventStream }, chunks) {
      const stream = responseOf(chunks).body!
      const results = parseJsonEventStream({ stream, schema: jsonSchema({}) }) as never
      return eventsIn<JsonResult>(results, (result) => ({
        data: result.success ? JSON.stringify(result.rawValue) : result.error.text,
      }))
    },
  }),
  '@anthropic-ai/sdk': parser({
    shows: { unnamed: { is: null } },
    note: '`Stream.rawEvents`.',
    load: () => import('@anthropic-ai/sdk/core/streaming'),
    use: ({ Stream }, chunks) =>
      eventsIn(Stream.rawEvents(responseOf(chunks)), ({ event, data }) => ({ event, data })),
  }),
  'assistant-stream': parser({
    shows: { unnamed: { is: undefined }, id: { of: 'stream' } },
    note: '`SSEEventDecoder`.',
    load: () => import('assistant-stream/utils'),
    use({ SSEEventDecoder }, chunks) {
      const { onEvent, found } = collect()
      const decoder = new SSEEventDecoder()
      for (const text of textOf(chunks))
        for (const { event, data, id = '' } of decoder.push(text)) onEvent({ event, data, id })
      decoder.flush()
      return found
    },
  }),
  effect: parser({
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' }, retry: true },
    note: '`makeParser` of `effect/encoding/Sse`.',
    load: () => Promise.all([import('effect/encoding/Sse'), import('effect')]),
    use([{ makeParser }, { Duration }], chunks) {
      const { onEvent, onRetry, found } = collect()
      const parser = makeParser((event) => {
        if (event._tag === 'Retry') onRetry(Duration.toMillis(event.duration))
        else onEvent({ event: event.event, data: event.data, id: event.id ?? '' })
      })
      for (const text of textOf(chunks)) parser.feed(text)
      return found
    },
  }),
  eventsource: parser({
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    load: () => import('eventsource'),
    use({ EventSource }, chunks) {
      const fetch = async (url: string | URL) => responseOf(chunks, `${url}`)
      return everyEventOf(new EventSource('http://127.0.0.1/', { fetch }))
    },
  }),
  'eventsource-client': parser({
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
    load: () => import('eventsource-client'),
    async use({ createEventSource }, chunks) {
      const { onEvent, found } = collect()
      const over = Promise.withResolvers<void>()
      const source = createEventSource({
        url: 'http://127.0.0.1/',
        fetch: async (url) => responseOf(chunks, `${url}`),
        onMessage: onEvent,
        onDisconnect: over.resolve,
      })
      await over.promise
      source.close()
      return found
    },
  }),
  'eventsource-parser-3': parser({
    name: 'eventsource-parser',
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
    load: () => import('eventsource-parser-3'),
    use: ({ createParser }, chunks) => eventsFed(createParser, textOf(chunks)),
  }),
  'eventsource-parser': parser({
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
    load: () => import('eventsource-parser'),
    use: ({ createParser }, chunks) => eventsFed(createParser, textOf(chunks)),
  }),
  '@microsoft/fetch-event-source': parser({
    shows: { unnamed: { is: '' }, id: { of: 'block', none: '' }, retry: true },
    note: 'Its three parsing functions, put together as `fetchEventSource` does: that itself needs a `document`.',
    load: () => import('@microsoft/fetch-event-source/lib/cjs/parse.js'),
    async use({ getBytes, getLines, getMessages }, chunks) {
      const { onEvent, onRetry, found } = collect()
      const onLine = getLines(getMessages(() => {}, onRetry, onEvent))
      await getBytes(responseOf(chunks).body!, onLine)
      return found
    },
  }),
  'fetch-event-stream': parser({
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
    note: 'Messages without `data` are left out, since a caller can tell them; IDs that it made numbers are text again.',
    load: () => import('fetch-event-stream'),
    use: ({ events }, chunks) =>
      eventsIn(events(responseOf(chunks)), ({ event, data, id }) =>
        data === undefined ? undefined : { event, data, id: id === undefined ? id : `${id}` },
      ),
  }),
  '@langchain/core': parser({
    shows: { unnamed: { is: '' }, id: { of: 'block', none: '' }, retry: true },
    note: '`utils/event_source_parse`, which began as a copy of @microsoft/fetch-event-source.',
    load: () => import('@langchain/core/utils/event_source_parse'),
    async use({ getBytes, getLines, getMessages }, chunks) {
      const { onEvent, onRetry, found } = collect()
      const onLine = getLines(getMessages(onEvent, () => {}, onRetry))
      await getBytes(responseOf(chunks).body!, onLine)
      return found
    },
  }),
  '@mistralai/mistralai': parser({
    shows: { unnamed: { is: undefined }, id: { of: 'stream' } },
    note: '`EventStream` of `lib/event-streams`, which other clients that Speakeasy generates have, too.',
    load: () => import('@mistralai/mistralai/lib/event-streams.js'),
    use({ EventStream }, chunks) {
      const stream = new EventStream(responseOf(chunks).body!, (value) => ({ value, done: false }))
      return eventsIn(stream, ({ event, data, id = '' }) => ({ event, data, id }))
    },
  }),
  openai: parser({
    shows: { unnamed: { is: null } },
    note: 'The decoder inside `Stream.fromSSEResponse`, which itself takes JSON only.',
    load: () => import('openai/core/streaming'),
    use({ _iterSSEMessages }, chunks) {
      const messages = _iterSSEMessages(responseOf(chunks), new AbortController())
      return eventsIn(messages, ({ event, data }) => ({ event, data }))
    },
  }),
  '@orpc/standard-server': parser({
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined } },
    note: 'Its messages without `data` are left out, and so is the error with which its `end` reports a cut.',
    load: () => import('@orpc/standard-server'),
    use({ EventDecoder }, chunks) {
      const { onEvent, found } = collect()
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
      return found
    },
  }),
  'parse-sse': parser({
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    load: () => import('parse-sse'),
    use({ parseServerSentEvents }, chunks) {
      const events = parseServerSentEvents(
        responseOf(chunks),
      ) as unknown as AsyncIterable<MessageEvent>
      return eventsIn(events, ({ type, data, lastEventId }) => ({
        event: type,
        data,
        id: lastEventId,
      }))
    },
  }),
  'sse.js': parser({
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    note: 'With an `XMLHttpRequest` that hands out the chunks, decoded.',
    load: () => Promise.all([import('sse.js'), import('./fake-request.ts')]),
    use([{ SSE }, { requestOf }], chunks) {
      Object.assign(globalThis, { XMLHttpRequest: requestOf(chunks) })
      const source = new SSE('http://127.0.0.1/', { start: false })
      // Its types give `dispatchEvent` the parameters of `addEventListener`.
      const found = everyEventOf(source as never)
      source.stream()
      return found
    },
  }),
  '@tesserae/parser': parser({
    shows: { unnamed: { is: undefined }, id: { of: 'stream' }, retry: true },
    load: () => import('@tesserae/parser'),
    use({ createParser }, chunks) {
      const { onEvent, onRetry, found } = collect()
      const parser = createParser({ onRetry })
      for (const chunk of chunks) {
        parser.feed(chunk)
        for (const { event, data, lastEventId } of parser) onEvent({ event, data, id: lastEventId })
      }
      parser.end()
      return found
    },
  }),
  '@tesserae/parser/compat': parser({
    package: '@tesserae/parser',
    shows: { unnamed: { is: undefined }, id: { of: 'block', none: undefined }, retry: true },
    note: 'Given the text of a `TextDecoder`, which takes one byte order mark, it takes a second, as eventsource-parser does.',
    load: () => import('@tesserae/parser/compat'),
    use: ({ createParser }, chunks) => eventsFed(createParser, chunks),
  }),
  undici: parser({
    shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
    note: '`EventSource`, with a dispatcher that answers with the chunks; that of Node is a copy of it.',
    load: () => Promise.all([import('undici'), import('./fake-dispatcher.ts')]),
    use([{ EventSource }, { Answering }], chunks) {
      const node = { dispatcher: new Answering(chunks) }
      return everyEventOf(new EventSource('http://127.0.0.1/', { node }) as never)
    },
  }),
}
