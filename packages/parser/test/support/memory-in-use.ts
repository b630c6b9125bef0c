import { SseError, type Parser } from '@tesserae/parser'
import { setTimeout as wait } from 'node:timers/promises'
import v8 from 'node:v8'
import vm from 'node:vm'
import { utf8 } from './bytes.ts'

export const MIB = 1024 * 1024
export const GIB = 1024 * MIB
/** The size of every chunk. */
export const CHUNK = 65_536

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void

/** What is in use, once everything has gone that can go: buffers are freed a little later than what refers to them. */
export async function used(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect()
    await wait(10)
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

/** Chunks of the same text, each in memory of its own, as a socket brings them. */
export const chunksOf = (text: string): (() => Uint8Array) => {
  const chunk = utf8(text.repeat(Math.ceil(CHUNK / text.length))).subarray(0, CHUNK)
  return () => chunk.slice()
}

/** Feeds so many bytes, whatever the parser says, and tells the most that was in use meanwhile. */
export async function feedMuch(parser: Parser, bytes: number, chunk: () => Uint8Array) {
  const before = await used()
  let error: unknown
  let most = 0
  let fed = 0
  for (; fed < bytes; fed += CHUNK) {
    try {
      parser.feed(chunk())
      for (const _event of parser);
    } catch (thrown) {
      if (!(thrown instanceof SseError)) throw thrown
      error ??= thrown
    }
    if (fed % (128 * MIB) === 0 || (error === undefined && fed % (4 * MIB) === 0))
      most = Math.max(most, (await used()) - before)
  }
  return { fed, most, error: error as SseError | undefined }
}
