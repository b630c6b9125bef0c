import { describe, expect, it } from 'vitest'
import { cellAt, labelOf } from '../page/stream/cells.ts'
import { cutEnds } from '../page/stream/cuts.ts'
import { Rows } from '../page/stream/rows.ts'
import { Tape } from '../page/stream/tape.ts'

const encoder = new TextEncoder()

function tapeOf(...chunks: (string | number[])[]): Tape {
  const tape = new Tape()
  for (const [index, chunk] of chunks.entries())
    tape.push(
      typeof chunk === 'string' ? encoder.encode(chunk) : Uint8Array.from(chunk),
      10 * (index + 1),
    )
  return tape
}

describe('a tape', () => {
  it('knows what had come at a position, and when', () => {
    const tape = tapeOf('abc', 'de', 'f')
    expect([0, 1, 2, 3, 4].map((position) => tape.offsetAt(position))).toEqual([0, 3, 5, 6, 6])
    expect([0, 1, 3].map((position) => tape.timeAt(position))).toEqual([0, 10, 30])
    expect([0, 9, 10, 29, 1000].map((time) => tape.positionAt(time))).toEqual([0, 0, 1, 2, 3])
  })

  it('has a step for its end, which comes at a time of its own', () => {
    const tape = tapeOf('abc')
    expect(tape.steps).toBe(1)
    tape.end = { at: 50, how: 'closed' }
    expect(tape.steps).toBe(2)
    expect(tape.timeAt(2)).toBe(50)
    expect([49, 50].map((time) => tape.positionAt(time))).toEqual([1, 2])
  })

  it('gives any stretch of the bytes', () => {
    const tape = tapeOf('abc', 'de', 'f')
    const whole = 'abcdef'
    for (let from = 0; from <= 6; from++)
      for (let to = from; to <= 6; to++)
        expect(new TextDecoder().decode(tape.slice(from, to))).toBe(whole.slice(from, to))
  })
})

/** The labels of bytes that are not text, and the text, of all chunks. */
function look(tape: Tape): string[] {
  return tape.chunks.map((chunk) => {
    let seen = ''
    for (let at = 0; at < chunk.bytes.length;) {
      const { kind, length } = cellAt(chunk, at)
      const bytes = chunk.bytes.subarray(at, at + length)
      seen +=
        kind === 'text' ? new TextDecoder().decode(bytes) : `<${kind} ${labelOf(kind, bytes)}>`
      at += length
    }
    return seen
  })
}

describe('cells', () => {
  it.each([
    ['line ends', ['a\r\n\n'], ['a<carriage-return CR><line-feed LF><line-feed LF>']],
    ['controls', [[0, 9, 0x7f]], ['<control NUL><control TAB><control DEL>']],
    ['a byte order mark', ['\uFEFFx\uFEFF'], ['<mark BOM>x<control U+FEFF>']],
    ['what turns the direction', ['a\u202Eb'], ['a<control U+202E>b']],
    ['characters of two, three and four bytes', ['é東🜁'], ['é東🜁']],
    ['a byte that is not UTF-8', [[0x61, 0xff, 0x62]], ['a<invalid FF>b']],
    [
      'a character that breaks off before another',
      [[0xe6, 0x9d, 0x61]],
      ['<invalid E6><invalid 9D>a'],
    ],
    ['half a surrogate pair', [[0xed, 0xa0, 0x80]], ['<invalid ED><invalid A0><invalid 80>']],
    ['more bytes than need be', [[0xc0, 0xaf]], ['<invalid C0><invalid AF>']],
    ['a continuation that nothing began', [[0x80]], ['<invalid 80>']],
    [
      'a cut in two',
      [
        [0xe6, 0x9d],
        [0xb1, 0x61],
      ],
      ['<cut E69D>', '<cut B1>a'],
    ],
    [
      'a cut into single bytes',
      [[0xf0], [0x9f], [0x9c], [0x81]],
      ['<cut F0>', '<cut 9F>', '<cut 9C>', '<cut 81>'],
    ],
    ['a cut that nothing follows', [[0xe6, 0x9d], [0x61]], ['<cut E69D>', 'a']],
  ] as const)('show %s', (_, chunks, seen) => {
    expect(look(tapeOf(...(chunks as unknown as (string | number[])[])))).toEqual(seen)
  })
})

describe('rows', () => {
  const lines = 'data: one\r\n\r\ndata: two\n\n: a longer comment\n'

  it('end with the lines, and blank lines stay with them', () => {
    const rows = new Rows(80)
    for (const chunk of tapeOf(lines).chunks) rows.push(chunk)
    expect(rows.starts).toEqual([0, lines.indexOf('data: two'), lines.indexOf(':', 24)])
  })

  it('are the same for any cut', () => {
    const whole = new Rows(10)
    for (const chunk of tapeOf(lines).chunks) whole.push(chunk)
    const cut = new Rows(10)
    for (const chunk of tapeOf(...lines).chunks) cut.push(chunk)
    expect(cut.starts).toEqual(whole.starts)
  })

  it('are not wider than they may be', () => {
    const rows = new Rows(4)
    for (const chunk of tapeOf('abcdefghij').chunks) rows.push(chunk)
    expect(rows.starts).toEqual([0, 4, 8])
    expect([0, 1, 4, 5, 10].map((offset) => rows.countAt(offset))).toEqual([0, 1, 1, 2, 3])
    expect([0, 3, 4, 9].map((offset) => rows.rowOf(offset))).toEqual([0, 0, 1, 2])
  })
})

describe('cuts of what was pasted', () => {
  const bytes = encoder.encode('a: 1\r\n\r\nb\n\nc')
  it.each([
    ['whole', [12]],
    ['line', [6, 8, 10, 11, 12]],
    ['event', [8, 11, 12]],
  ] as const)('are made %s', (cuts, ends) => {
    expect(cutEnds(bytes, cuts)).toEqual(ends)
  })

  it.each(['whole', 'event', 'line', 'byte', 'random'] as const)('%s: lose nothing', (cuts) => {
    const ends = cutEnds(bytes, cuts)
    expect(ends.at(-1)).toBe(bytes.length)
    expect(ends).toEqual([...new Set(ends)].toSorted((one, other) => one - other))
    expect(cutEnds(new Uint8Array(0), cuts)).toEqual([])
  })

  it('are the same for the same seed', () => {
    const long = new Uint8Array(5000)
    expect(cutEnds(long, 'random', 7)).toEqual(cutEnds(long, 'random', 7))
    expect(cutEnds(long, 'random', 7)).not.toEqual(cutEnds(long, 'random', 8))
  })
})
