import { Adder } from './eventsource-parser-json.ts'
import type { Message } from './work.ts'

const texts = new WeakMap<readonly Uint8Array[], readonly string[]>()

/** `JSON.parse` alone: the data of the events is known before the clock starts, so this is a bound, and no reader. */
export function read(chunks: readonly Uint8Array[]): Message {
  const adder = new Adder()
  for (const data of dataOf(chunks)) adder.add(data)
  return adder.message
}

function dataOf(chunks: readonly Uint8Array[]): readonly string[] {
  let found = texts.get(chunks)
  if (found === undefined) {
    const decoder = new TextDecoder()
    const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('')
    found = text.split('\n\n').flatMap((block) => (block === '' ? [] : [block.slice(6)]))
    texts.set(chunks, found)
  }
  return found
}
