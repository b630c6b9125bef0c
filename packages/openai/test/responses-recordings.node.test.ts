import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { accumulate, readDeltas } from '@tesserae/openai/responses'

type Wire = Record<string, unknown>
interface Recording {
  readonly stream: string
  readonly unstreamed: Wire
}

const root = path.dirname(createRequire(import.meta.url).resolve('@tesserae/testkit/package.json'))
const data = path.join(root, 'data/responses')
const recordings = readdirSync(data, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file): [string, Recording] => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(path.join(data, file), 'utf8')),
  ])

/** Random ids, and fields that differ from request to request: the second request is read from a cache. */
const random = [
  'id',
  'cached_tokens',
  'call_id',
  'created_at',
  'completed_at',
  'timings',
  'encrypted_content',
]

/** A response as the server says it twice: llama-server gives an item of reasoning a status only without streaming. */
function meaningOf(response: Wire): Wire {
  return JSON.parse(
    JSON.stringify(response, function (this: Wire, key, value) {
      if (random.includes(key)) return undefined
      return key === 'status' && this['type'] === 'reasoning' ? undefined : value
    }),
  )
}

const read = async (chunks: readonly Uint8Array[]) =>
  accumulate<Wire>(chunks, { incomplete: 'return' })

describe.each(recordings)('%s', (name, { stream, unstreamed }) => {
  const bytes = new TextEncoder().encode(stream)

  test('is the response that the server returns without streaming', async () => {
    const { response, verdict } = await read([bytes])
    expect(verdict.complete).toBe(true)
    const { output, status, usage } = meaningOf(response)
    const whole = meaningOf(unstreamed)
    // A cut call is text without streaming and nothing in the stream; the mock counts tokens in another way.
    if (name.startsWith('llama-server'))
      expect({ output, status, usage }).toEqual({
        output: whole['output'],
        status: whole['status'],
        usage: whole['usage'],
      })
    else expect(output).toEqual(whole['output'])
  })

  test('is the same response however it is cut', async () => {
    const whole = await read([bytes])
    for (let cut = 0; cut <= bytes.length; cut += Math.max(1, Math.floor(bytes.length / 400)))
      expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole)
    expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
  })

  test('is incomplete at every prefix, and its text is a beginning of the text', async () => {
    const textOf = async (chunks: readonly Uint8Array[]): Promise<string> => {
      let text = ''
      for await (const delta of readDeltas(chunks, { incomplete: 'return' }))
        if (delta.type === 'text') text += delta.delta
      return text
    }
    const whole = await textOf([bytes])
    const terminal = stream.search(/data: [^\n]*"type":"response\.(completed|incomplete)"/)
    expect(terminal).toBeGreaterThan(0)
    const end = new TextEncoder().encode(stream.slice(0, terminal)).length
    for (let cut = 0; cut <= end; cut += Math.max(1, Math.floor(end / 100))) {
      const part = [bytes.subarray(0, cut)]
      expect((await read(part)).verdict.complete).toBe(false)
      expect(whole.startsWith(await textOf(part))).toBe(true)
    }
  })
})

test('there are recordings of two servers', () => {
  expect(recordings.length).toBeGreaterThan(20)
  expect(new Set(recordings.map(([name]) => name.split('/')[0])).size).toBe(2)
})
