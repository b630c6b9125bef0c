import type { CollectedEvent } from '@tooling/conformance/timed/work'
import { pick, seededRandom } from '../../config/random.ts'

/** A stream as it was meant, before it is bytes: what was put in is known without asking any parser. */
export interface Stream {
  readonly blocks: readonly string[]
  readonly events: readonly CollectedEvent[]
}

export type LineEnd = '\n' | '\r\n'

const list = (words: string): string[] => words.split('|')

export const asciiTokens = list(
  ' the| of| stream|ing| a| token|s|,|.| is| model| bytes|\n\n| "|"| which| response| and| 42| not|ly| straightforwardly|```| (',
)
export const cjkTokens = list(
  '的|流|服务|模型|，|。|事件|数据|我们|解析|字节|是|在|一个|です|ます|データ|は|를|스트림|입니다|「|」|回答|返す|ストリーム中',
)

/** `chat.completion.chunk` events as OpenAI sends them: 272 to 289 bytes of JSON, of which a token is a few. */
export function openAIChunks(language: 'ascii' | 'cjk', lineEnd: LineEnd, count = 1000): Stream {
  const random = seededRandom(272_289)
  const tokens = language === 'ascii' ? asciiTokens : cjkTokens
  return stream(count, lineEnd, () => ({
    event: undefined,
    data: chatChunk({ delta: { content: pick(random, tokens) } }),
  }))
}

export function chatChunk(choice: object, beside: object = {}): string {
  return JSON.stringify({
    id: 'chatcmpl-CdQ7wXn0yKp3mB8vT5sLrE2aHgUjZ4Q',
    object: 'chat.completion.chunk',
    created: 1763632800,
    model: 'gpt-4.1-mini-2025-04-14',
    system_fingerprint: 'fp_4c2851f862',
    choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: null, ...choice }],
    usage: null,
    ...beside,
  })
}

/** Events of OpenAI's Responses API, each with its name; nine in ten have the name that is looked for. */
export function namedEvents(lineEnd: LineEnd, count = 1000): Stream {
  const random = seededRandom(9_10)
  return stream(count, lineEnd, (sequence_number) => {
    const item_id = 'msg_68a1f0c2d4b08190b7e35a9c6f21d8e4'
    const place = { item_id, output_index: 0, content_index: 0 }
    const type = random() < 0.9 ? searchedName : 'response.content_part.added'
    const rest =
      type === searchedName
        ? { delta: pick(random, asciiTokens), logprobs: [] }
        : { part: { type: 'output_text', annotations: [], text: '' } }
    return { event: type, data: JSON.stringify({ type, sequence_number, ...place, ...rest }) }
  })
}
export const searchedName = 'response.output_text.delta'

/** `data: a`: as little as an event can be, so that what is counted is the cost of an event as such. */
export function tinyEvents(count = 20_000): Stream {
  const random = seededRandom(1)
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  return stream(count, '\n', () => ({ event: undefined, data: pick(random, letters) }))
}

/** What a server says while a model thinks. */
export function heartbeats(count = 20_000): Stream {
  return { blocks: Array.from({ length: count }, () => ': ping\n\n'), events: [] }
}

/** One event that is a whole image, say: a line of 1 MiB. */
export function largeEvent(bytes = 1 << 20): Stream {
  const random = seededRandom(1 << 20)
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/']
  const data = Array.from({ length: bytes }, () => pick(random, alphabet)).join('')
  return stream(1, '\n', () => ({ event: undefined, data }))
}

function stream(count: number, lineEnd: LineEnd, make: (index: number) => CollectedEvent): Stream {
  const events = Array.from({ length: count }, (_, index) => make(index))
  const blocks = events.map(({ event, data }) => {
    const eventLine = event === undefined ? '' : `event: ${event}${lineEnd}`
    return `${eventLine}data: ${data}${lineEnd}${lineEnd}`
  })
  return { blocks, events }
}

/** How a network might cut it: a chunk for each block, or chunks of a size that heeds nothing. */
export function cut({ blocks }: Stream, size: number | 'block'): Uint8Array[] {
  const encoder = new TextEncoder()
  if (size === 'block') return blocks.map((block) => encoder.encode(block))
  const bytes = encoder.encode(blocks.join(''))
  const chunks: Uint8Array[] = []
  // `slice`, not `subarray`: what comes from a socket has a buffer of its own.
  for (let start = 0; start < bytes.length; start += size)
    chunks.push(bytes.slice(start, start + size))
  return chunks
}
