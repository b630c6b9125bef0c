import type { CollectedEvent } from '@tooling/conformance/timed/work'

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

/** A `chat.completion.chunk` as OpenAI sends it: 272 to 289 bytes of JSON, of which a token is a few. */
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

/** One block in each chunk, as a model's tokens come one by one; what gathers in buffers; and one packet. */
const chunkings = {
  each: 'block',
  '1k': 1 << 10,
  packet: 1460,
  '4k': 1 << 12,
  '16k': 1 << 14,
  '64k': 1 << 16,
} as const

export type Chunking = keyof typeof chunkings

/** How a network might cut it: a chunk for each block, or chunks of a size that heeds nothing. */
export function cut({ blocks }: Pick<Stream, 'blocks'>, chunking: Chunking): Uint8Array[] {
  const encoder = new TextEncoder()
  const size = chunkings[chunking]
  if (size === 'block') return blocks.map((block) => encoder.encode(block))
  const bytes = encoder.encode(blocks.join(''))
  const chunks: Uint8Array[] = []
  // `slice`, not `subarray`: what comes from a socket has a buffer of its own.
  for (let start = 0; start < bytes.length; start += size)
    chunks.push(bytes.slice(start, start + size))
  return chunks
}
