import type { CollectedEvent } from '@tooling/conformance/timed/work'
import { pick, seededRandom } from '../../config/random.ts'
import { asciiTokens, chatChunk, cjkTokens, type LineEnd, type Stream } from './streams.ts'

/** About this many bytes a stream: four chunks of 64 KiB, and hundreds of packets. */
const STREAM_BYTES = 1 << 18

/** A block as it is on the wire, and the event that it means, if it means one. */
type Block = readonly [text: string, event?: CollectedEvent]

/** Begun anew for each stream, so that it is the same whatever was made before it. */
let random = seededRandom(0)
const ascii = (): string => pick(random, asciiTokens)
const cjk = (): string => pick(random, cjkTokens)
const several = (count: number, word: () => string): string =>
  Array.from({ length: count }, word).join('')

const chunkOf = (content: string): string => chatChunk({ delta: { content } })

const unnamed = (data: string): CollectedEvent => ({ event: undefined, data })

const dataBlock = (data: string, end = '\n'): Block => [`data: ${data}${end}${end}`, unnamed(data)]

/** A chunk as OpenAI sends it, in a block that is written in another way. */
const chunkIn =
  (write: (data: string, index: number) => string) =>
  (index: number): Block => {
    const data = chunkOf(ascii())
    return [write(data, index), unnamed(data)]
  }

/** The name that is looked for where names are: nine in ten events of a stream of responses have it. */
export const searchedName = 'response.output_text.delta'

const responsesBlock = (end: LineEnd): Block => {
  const event = random() < 0.9 ? searchedName : 'response.content_part.added'
  const data = JSON.stringify({
    type: event,
    sequence_number: 17,
    item_id: 'msg_68a1f0c2d4b08190b7e35a9c6f21d8e4',
    output_index: 0,
    content_index: 0,
    delta: ascii(),
  })
  return [`event: ${event}${end}data: ${data}${end}${end}`, { event, data }]
}

const anthropicBlock = (index: number): Block => {
  const [event, data] =
    index % 10 === 9
      ? ['ping', '{"type":"ping"}']
      : [
          'content_block_delta',
          JSON.stringify({
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'text_delta', text: ascii() },
          }),
        ]
  return [`event: ${event}\ndata: ${data}\n\n`, { event, data }]
}

/** The blocks of each shape of stream: what models and servers send, and what is rare but allowed. Each pays for a different rule. */
const blocks: Record<string, (index: number) => Block> = {
  openai: () => dataBlock(chunkOf(ascii())),
  'openai-crlf': () => dataBlock(chunkOf(ascii()), '\r\n'),
  'openai-cr': () => dataBlock(chunkOf(ascii()), '\r'),
  'openai-one-cjk': () => dataBlock(chunkOf(cjk())),
  'openai-emoji': () => dataBlock(chunkOf(`${ascii()}😀`)),
  'cjk-600': () => dataBlock(several(90, cjk)),
  latin: () => dataBlock(chunkOf(`${ascii()} café à la crème, señor`)),
  'broken-utf8': () => dataBlock(chunkOf(`${ascii()}\u{fffd}`)),
  responses: () => responsesBlock('\n'),
  'responses-crlf': () => responsesBlock('\r\n'),
  anthropic: anthropicBlock,
  'id-event-data': (index) => {
    const data = `{"n":${index % 10}}`
    return [`id: ${index}\nevent: update\ndata: ${data}\n\n`, { event: 'update', data }]
  },
  'id-openai': chunkIn((data, index) => `id: 1763632800-${index}\ndata: ${data}\n\n`),
  'four-data-lines': () => {
    const lines = Array.from(
      { length: 4 },
      () => `"key": "${several(4, ascii).replaceAll('\n', '')}",`,
    )
    return [`${lines.map((line) => `data: ${line}\n`).join('')}\n`, unnamed(lines.join('\n'))]
  },
  'no-space': chunkIn((data) => `data:${data}\n\n`),
  tiny: () => dataBlock(pick(random, [...'abcdefghijklmnopqrstuvwxyz'])),
  'tiny-json': () => dataBlock(`{"t":" ${pick(random, [...'abcdefghij'])}"}`),
  'comment-every-third': chunkIn(
    (data, index) => `${index % 3 === 0 ? ': keep-alive\n\n' : ''}data: ${data}\n\n`,
  ),
  'comments-only': () => [': ping\n\n'],
  'long-comments': chunkIn((data) => `: ${'x'.repeat(2_048)}\ndata: ${data}\n\n`),
  'unknown-fields': chunkIn(
    (data) => `trace: 4bf92f3577b34da6a3ce929d0e0e4736\nspan\ndata: ${data}\n\n`,
  ),
  retry: chunkIn((data) => `retry: 3000\ndata: ${data}\n\n`),
  'byte-order-mark': chunkIn((data, index) => `${index === 0 ? '\u{feff}' : ''}data: ${data}\n\n`),
  '5k': () =>
    dataBlock(
      JSON.stringify({ text: several(1_600, ascii).replaceAll('\n', ' ').slice(0, 5_100) }),
    ),
  '1m': () => dataBlock('x'.repeat(1 << 20)),
}

/** The streams that parsers read, by name. The same ones each time. */
export const shapes: ReadonlyMap<string, () => Stream> = new Map(
  Object.entries(blocks).map(([name, block]) => [name, () => streamOf(block)]),
)

function streamOf(block: (index: number) => Block): Stream {
  random = seededRandom(2_026)
  const stream: { blocks: string[]; events: CollectedEvent[] } = { blocks: [], events: [] }
  for (let length = 0; length < STREAM_BYTES; length += stream.blocks.at(-1)!.length) {
    const [text, event] = block(stream.blocks.length)
    stream.blocks.push(text)
    if (event) stream.events.push(event)
  }
  return stream
}
