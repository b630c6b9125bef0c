import { accumulate, readChunks } from '@tesserae/openai'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { parseStream } from '@tesserae/parser/stream'
import { referenceParse } from '@tesserae/testkit'
import type { Sheet } from '../sheet.ts'
import type { Endpoint } from './clients/client.ts'
import { ask } from './clients/ours.ts'

/** Something that is asked twice: for a whole answer, and for a stream. */
export interface Question {
  readonly name: string
  readonly body: object
  /** Makes of the whole answer what the stream of this server is known to say in its place. @returns in which way */
  readonly adjust?: (expected: ChatCompletion) => string | undefined
}

/** What is to be known of a server. */
export interface Circumstances {
  /** Where the whole answer comes from, if not from there too. */
  readonly origin?: Endpoint
  /** What its documents have beside their choices and its streams have not. */
  readonly leavesOut?: readonly 'usage'[]
  /** Takes away what cannot be the same. */
  readonly takeAway?: ((completion: ChatCompletion) => void) | undefined
}

/**
 * Compares what comes of a stream with what the same server answers at once, as a whole and field by field, but for what
 * each answer has anew: its id, its time, how long it took, and the ids of its tool calls.
 */
export async function compareWithWhole(
  sheet: Sheet,
  endpoint: Endpoint,
  { name, body, adjust }: Question,
  { origin = endpoint, leavesOut = [], takeAway }: Circumstances = {},
): Promise<void> {
  const response = await ask(origin, { ...body, stream: false })
  const expected = comparable((await response.json()) as ChatCompletion)
  const stream = { ...body, stream: true, stream_options: { include_usage: true } }
  const actual = comparable(await accumulate(await ask(endpoint, stream)))
  for (const choice of expected.choices) {
    // A document of a compatible server leaves out what is null; an accumulated one is complete.
    choice.logprobs ??= null
    choice.message.refusal ??= null
  }
  for (const completion of [actual, expected]) takeAway?.(completion)
  for (const field of leavesOut) {
    const known = `its documents have ${field}, its streams have none`
    sheet.compare('fields', field, [actual[field], field in expected], [undefined, true], known)
    delete expected[field]
  }
  const known = adjust?.(expected)
  sheet.compare('messages', name, actual, expected, known)
}

/**
 * Compares the events of an answer, and then its chunks, with what a plain transcription of the standard finds in the
 * same bytes; and looks how long the first event takes, from the question on.
 */
export async function compareSequence(
  sheet: Sheet,
  endpoint: Endpoint,
  { name, body }: Question,
): Promise<void> {
  const began = performance.now()
  const { body: stream } = await ask(endpoint, { ...body, stream: true })
  const [one, rest] = stream!.tee()
  const [other, bytes] = rest.tee()
  const [text, chunks, events] = await Promise.all([
    new Response(bytes).bytes(),
    chunksIn(other),
    eventsIn(one, () => sheet.delay(performance.now() - began)),
  ])
  const expected = referenceParse(text).events.map(({ event, data }) => [event, data])
  sheet.compare('sequences', name, events, expected)
  const end = expected.findIndex(([, data]) => data === '[DONE]')
  const documents = expected.slice(0, end).map(([, data]) => JSON.parse(data!))
  const known = end === expected.length - 1 ? undefined : 'what it sends after [DONE] is not read'
  sheet.compare('sequences', `${name}, as chunks`, chunks, documents, known)
}

async function eventsIn(
  stream: ReadableStream<Uint8Array>,
  onFirst: () => void,
): Promise<unknown[]> {
  const events: unknown[] = []
  for await (const { event, data } of parseStream(stream)) {
    if (events.length === 0) onFirst()
    events.push([event, data])
  }
  return events
}

async function chunksIn(stream: ReadableStream<Uint8Array>): Promise<unknown[]> {
  const chunks: unknown[] = []
  for await (const chunk of readChunks(stream)) chunks.push(chunk)
  return chunks
}

function comparable(completion: ChatCompletion): ChatCompletion {
  const { timings: _, ...rest } = completion as ChatCompletion & { timings?: unknown }
  const copy = structuredClone(rest)
  copy.id = anew(copy.id)
  if (copy.created > 0) copy.created = 1
  for (const { message } of copy.choices)
    for (const call of message.tool_calls ?? []) call.id = anew(call.id)
  return copy
}

/** Which id it is may differ, not whether it is one. */
function anew(id: string): string {
  return typeof id === 'string' && id !== '' ? 'an id' : id
}

/** A stream has no words at all where a document has none of them. */
export function nullForNothing({ choices }: ChatCompletion): string | undefined {
  const silent = choices.filter(({ message }) => message.content === '')
  for (const { message } of silent) message.content = null
  return silent.length === 0 ? undefined : "content is null in the stream where the document has ''"
}
