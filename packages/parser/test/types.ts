// What must compile and what must not: `tsc -p test` is the test of this file, and nothing runs it.
import {
  createParser,
  type SseError,
  type CompleteEnd,
  type FieldName,
  type IncompleteEnd,
  type IncompletePolicy,
  type Parser,
  type ParserOptions,
  type SseErrorCode,
  type SseEvent,
  type StreamState,
  type EndVerdict,
} from '@tesserae/parser'
import {
  createParser as createCompatible,
  EventSourceParserStream,
  type ParseError,
  type ErrorType,
  type EventSourceMessage,
  type EventSourceParser,
  type ParserCallbacks,
  type ParserConfig,
  type StreamOptions,
} from '@tesserae/parser/compat'
import {
  EventDecoderStream,
  parseStream,
  type ResponseError,
  type ByteSource,
  type ParsedStream,
  type ParseStreamOptions,
  type ParseStreamSource,
} from '@tesserae/parser/stream'
import type * as peer from 'eventsource-parser'
import type { Readable } from 'node:stream'

/** Fails to compile unless both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_same: Same<A, B>): void => {}
const takes = <T>(_value: T): void => {}

declare const bytes: Uint8Array
declare const buffer: Buffer
declare const event: SseEvent
declare const parser: Parser
declare const verdict: EndVerdict

// The parser
createParser()
createParser({})
createParser({
  maxEventBytes: Infinity,
  lastEventId: '1',
  incomplete: 'dispatch',
  onComment: (comment) => same<typeof comment, string>(true),
  onRetry: (milliseconds) => same<typeof milliseconds, number>(true),
  onUnknownField: (name, value) => same<[typeof name, typeof value], [string, string]>(true),
})
// Options that may be undefined can be passed on as they are.
takes<ParserOptions>({ maxEventBytes: undefined, lastEventId: undefined, incomplete: undefined })
takes<ParserOptions>({ onComment: undefined, onRetry: undefined, onUnknownField: undefined })
// @ts-expect-error There is no such policy.
createParser({ incomplete: 'throw' })
// @ts-expect-error A limit is a number.
createParser({ maxEventBytes: '16 MiB' })
// @ts-expect-error There is no such option: a misspelled one must not pass.
createParser({ maxBufferSize: 16 })
// @ts-expect-error That of the compatible parser is not one of this one.
createParser({ onEvent: () => {} })

parser.feed(bytes)
parser.feed(buffer)
parser.feed(new Uint8Array(new SharedArrayBuffer(8)))
// @ts-expect-error Text has to be encoded.
parser.feed('data: a\n\n')
// @ts-expect-error A buffer has no length of its own.
parser.feed(new ArrayBuffer(8))
// @ts-expect-error `undefined` is not a chunk.
parser.feed(undefined)

same<ReturnType<Parser['next']>, SseEvent | undefined>(true)
for (const each of parser) same<typeof each, SseEvent>(true)
parser.reset()
parser.reset({ lastEventId: parser.lastEventId })
takes<StreamState>({ lastEventId: undefined })
// @ts-expect-error It says where the stream starts; options stay what they are.
parser.reset({ maxEventBytes: 5 })
// @ts-expect-error The parser alone sets it.
parser.lastEventId = '1'
same<Parser['reconnectionTime'], number | undefined>(true)

// A verdict
if (verdict.complete) {
  same<typeof verdict, CompleteEnd>(true)
  // @ts-expect-error A stream that is complete has nothing pending.
  takes(verdict.bytes)
} else {
  same<typeof verdict, IncompleteEnd>(true)
  same<typeof verdict.fields, readonly FieldName[]>(true)
  same<FieldName, 'event' | 'data' | 'id'>(true)
}
same<IncompletePolicy, 'discard' | 'dispatch' | 'error'>(true)

// An event
same<SseEvent['event'], string | undefined>(true)
same<SseEvent['id'], string | undefined>(true)
same<SseEvent['data'], string>(true)
same<SseEvent['bytes'], Uint8Array>(true)
same<SseEvent['lastEventId'], string>(true)
same<ReturnType<SseEvent['detach']>, SseEvent>(true)
takes<unknown>(event.json())
takes<number>(event.json<{ n: number }>().n)
// @ts-expect-error The type of parsed JSON has to be stated.
takes<number>(event.json().n)
// @ts-expect-error An event is what the server sent.
event.data = 'other'
// What an encoder takes.
takes<{ event?: string | undefined; data: string; id?: string | undefined }>(event)

// Errors
same<SseError['code'], SseErrorCode>(true)
same<SseError['offset'], number | undefined>(true)
same<SseError['limit'], number | undefined>(true)
takes<SseErrorCode>('event-too-large')
// @ts-expect-error The codes are a closed set.
takes<SseErrorCode>('something-else')
same<ResponseError['status'], number>(true)
same<ResponseError['contentType'], string | null>(true)
same<ResponseError['excerpt'], string>(true)
takes<SseError>(null as unknown as ResponseError)

// Streams
declare const response: Response
declare const readable: ReadableStream<Uint8Array>
declare const node: Readable
declare const signal: AbortSignal
parseStream(response, { signal, idleTimeout: 1, eventTimeout: 1, maxEventBytes: 1 })
takes<ParseStreamOptions>({ signal: undefined, idleTimeout: undefined, eventTimeout: undefined })
parseStream(readable)
parseStream(node)
parseStream([bytes])
parseStream(
  (function* () {
    yield buffer
  })(),
)
parseStream(
  (async function* () {
    yield bytes
  })(),
)
takes<ParseStreamSource>(null as unknown as ByteSource)
// @ts-expect-error Text is not a stream of bytes.
parseStream('data: a\n\n')
// @ts-expect-error Nor are texts.
parseStream(['data: a\n\n'])
parseStream(response.body)
// @ts-expect-error There is no such option.
parseStream(response, { timeout: 5 })

const events: ParsedStream = parseStream(response)
same<ParsedStream['verdict'], EndVerdict | undefined>(true)
// @ts-expect-error The stream alone sets it.
events.verdict = undefined
async function streams(): Promise<void> {
  for await (const each of events) same<typeof each, SseEvent>(true)
  const { done, value } = await events.next()
  if (done) same<typeof value, undefined>(true)
  else same<typeof value, SseEvent>(true)
  for await (const each of readable.pipeThrough(new EventDecoderStream()))
    same<typeof each, SseEvent>(true)
  same<EventDecoderStream['verdict'], EndVerdict | undefined>(true)
  // @ts-expect-error It takes bytes.
  takes<ReadableStream>(new ReadableStream<string>().pipeThrough(new EventDecoderStream()))
}

// The signatures of eventsource-parser
const compatible: EventSourceParser = createCompatible({
  onEvent: (message) => same<typeof message, EventSourceMessage>(true),
  onId: (id) => same<typeof id, string>(true),
  onRetry: (retry) => same<typeof retry, number>(true),
  onComment: (comment) => same<typeof comment, string>(true),
  onError: (error) => same<typeof error, ParseError>(true),
  maxBufferSize: 5,
})
compatible.feed('data: a\n\n')
compatible.feed(bytes)
// @ts-expect-error Neither text nor bytes.
compatible.feed(5)
compatible.reset()
compatible.reset({ consume: true })
// @ts-expect-error There are no options to leave out.
createCompatible()
same<ErrorType, 'unknown-field' | 'max-buffer-size-exceeded' | 'invalid-retry'>(true)
function textAndBytes(text: ReadableStream<string>): ReadableStream<EventSourceMessage>[] {
  return [
    text.pipeThrough(new EventSourceParserStream({ onError: 'terminate', maxBufferSize: 5 })),
    readable.pipeThrough(new EventSourceParserStream()),
  ]
}
takes<StreamOptions>({ onError: (error: Error) => void error, onComment: undefined })

// Code that is typed by the peer goes on to compile with a changed import.
takes<peer.EventSourceParser>(compatible)
takes<peer.EventSourceMessage>(null as unknown as EventSourceMessage)
takes<EventSourceMessage>(null as unknown as peer.EventSourceMessage)
takes<peer.ParserCallbacks['onEvent']>(null as unknown as ParserCallbacks['onEvent'])
takes<ParserConfig['onComment']>(null as unknown as peer.ParserConfig['onComment'])
takes<peer.ErrorType>(null as unknown as ErrorType)
takes<(config: Omit<peer.ParserConfig, 'onError'>) => peer.EventSourceParser>(createCompatible)
void [streams, textAndBytes]
