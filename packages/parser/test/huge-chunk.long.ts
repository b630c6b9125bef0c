import { createParser } from '@tesserae/parser'
import { expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'

test('events beyond 2 GiB of one chunk are found', () => {
  const last = utf8('\ndata: b\n\n')
  const chunk = new Uint8Array(2 ** 31 + last.length)
  chunk.fill(0x3a)
  for (let at = 0; at < chunk.length; at += 1_048_576) chunk[at] = 0x0a
  chunk.set(utf8('data: a\n\n:'))
  chunk.set(last, 2 ** 31)
  const parser = createParser({ maxEventBytes: Infinity })
  parser.feed(chunk)
  expect([...parser].map(({ data }) => data)).toEqual(['a', 'b'])
  expect(parser.end()).toEqual({ complete: true })
}, 60_000)
