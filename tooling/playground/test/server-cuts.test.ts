import { referenceParse } from '@tesserae/testkit'
import { loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf } from '@tesserae/testkit/transcript'
import { describe, expect, test } from 'vitest'
import { blockEnds, cutPositions } from '../server/cut-positions.ts'
import type { Cuts } from '../server/play-options.ts'

const utf8 = new TextEncoder()

describe('blocks', () => {
  test.each<[string, string, number[]]>([
    ['nothing', '', []],
    ['one', 'data: a\n\n', [9]],
    ['line feeds', 'data: a\n\ndata: b\n\n', [9, 18]],
    ['carriage returns', 'data: a\r\rdata: b\r\r', [9, 18]],
    ['both', 'data: a\r\n\r\ndata: b\r\n\r\n', [11, 22]],
    ['mixed', 'data: a\r\n\ndata: b\n\r\n', [10, 20]],
    ['several lines', 'event: x\ndata: a\n\n', [18]],
    ['an event that is cut off', 'data: a\n\ndata: b', [9, 16]],
    ['one whose blank line is cut off', 'data: a\n\ndata: b\n', [9, 17]],
    ['more blank lines', 'data: a\n\n\n\ndata: b\n\n', [11, 20]],
    ['blank lines first', '\n\ndata: a\n\n', [2, 11]],
  ])('%s', (_, text, ends) => {
    expect(blockEnds(utf8.encode(text))).toEqual(ends)
  })

  test('each is what the reference parser takes for one event', () => {
    const bytes = bodyOf(loadRecording('llama-server/unicode'))
    let start = 0
    const events = blockEnds(bytes).flatMap((end) => {
      const block = bytes.subarray(start, end)
      start = end
      return referenceParse(block).events
    })
    expect(events).toEqual(referenceParse(bytes).events)
  })
})

describe('cuts', () => {
  const text = 'event: é\r\n\r\n: c\r\ndata: 東\r\ndata\r\n\r\n'
  const bytes = utf8.encode(text)
  const cut = (cuts: Cuts, seed = 1, of = bytes): number[] => [
    ...cutPositions({ bytes: of, blockEnds: blockEnds(of), pieceEnds: [3, 20] }, cuts, seed),
  ]

  test('as recorded, by event, by byte', () => {
    expect(cut('recorded')).toEqual([3, 20])
    expect(cut('event')).toEqual([13, bytes.length])
    expect(cut('byte')).toEqual(Array.from({ length: bytes.length - 1 }, (_, at) => at + 1))
  })

  test('hostile ones are inside names, characters, line ends, and after colons', () => {
    const pieces: string[] = []
    const latin1 = new TextDecoder('latin1')
    let start = 0
    for (const at of [...cut('hostile'), bytes.length]) {
      pieces.push(latin1.decode(bytes.subarray(start, at)))
      start = at
    }
    const broken = (character: string): string[] => latin1.decode(utf8.encode(character)).split('')
    const [first, second] = broken('é')
    const [one, two, three] = broken('東')
    expect(pieces.join('|')).toBe(
      `ev|ent:| ${first}|${second}\r|\n|\r|\n:| c\r|\nda|ta:| ${one}|${two}|${three}\r|\nda|ta\r|\n|\r|\n`,
    )
  })

  test('random ones are the same for the same seed, and others for another', () => {
    const long = bodyOf(loadRecording('llama-server/unicode'))
    expect(cut('random', 7, long)).toEqual(cut('random', 7, long))
    expect(cut('random', 7, long)).not.toEqual(cut('random', 8, long))
    const sizes = cut('random', 7, long).map((at, index, all) => at - (all[index - 1] ?? 0))
    expect(Math.min(...sizes)).toBe(1)
    expect(Math.max(...sizes)).toBeGreaterThan(100)
  })
})
