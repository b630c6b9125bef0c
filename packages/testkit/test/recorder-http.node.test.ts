import { cuts } from '@tesserae/testkit'
import { describe, expect, it } from 'vitest'
import { HttpResponseReader } from '../src/recorder/http.ts'
import type { Part } from '../src/transcript/types.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Seen {
  head: string
  frame: string
  body: string
  /** The kinds in order, in the signs of a transcript. */
  kinds: string
  complete: boolean
  untilClose: boolean
  problem: string
  surplus: number
}

function read(chunks: Iterable<Uint8Array>, method = 'GET'): Seen {
  const reader = new HttpResponseReader(method)
  const all: Part[] = []
  for (const chunk of chunks) {
    const parts = reader.push(chunk)
    expect(parts.every((part, at) => part.of !== parts[at + 1]?.of)).toBe(true)
    all.push(...parts)
  }
  const of = (kind: Part['of']): string =>
    all
      .flatMap((part) => (part.of === kind ? [new TextDecoder('latin1').decode(part.bytes)] : []))
      .join('')
  return {
    head: of('head'),
    frame: of('frame'),
    body: of('body'),
    kinds: all
      .map((part) => ({ head: '<', frame: '#', body: '|' })[part.of])
      .join('')
      .replaceAll(/(.)\1+/g, '$1'),
    complete: reader.complete,
    untilClose: reader.endsWithConnection,
    problem: reader.problem,
    surplus: reader.surplus,
  }
}

const cases: Record<string, { wire: string; method?: string; expected: Partial<Seen> }> = {
  'content of a known length': {
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    expected: { body: 'hello', kinds: '<|', complete: true, surplus: 0 },
  },
  'a length of nothing': {
    wire: 'HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n',
    expected: { body: '', kinds: '<', complete: true },
  },
  'less than the length': {
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello',
    expected: { body: 'hello', complete: false, untilClose: false },
  },
  'more than the length': {
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhello',
    expected: { body: 'hell', frame: 'o', complete: true, surplus: 1 },
  },
  'content up to the end of the connection': {
    wire: 'HTTP/1.0 200 OK\r\nX: 1\r\n\r\nhello\r\n0\r\n',
    expected: { body: 'hello\r\n0\r\n', complete: false, untilClose: true },
  },
  chunks: {
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n',
    expected: {
      body: 'hello',
      frame: '3\r\n\r\n2\r\n\r\n0\r\n\r\n',
      kinds: '<#|#|#',
      complete: true,
    },
  },
  'chunks that hold what looks like framing': {
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n\r\n0\r\n\r\nHTTP\r\n0\r\n\r\n',
    expected: { body: '\r\n0\r\n\r\nHTTP', complete: true, surplus: 0 },
  },
  'chunks with extensions, zeros, capitals and trailers': {
    wire: 'HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: gzip, Chunked\r\n\r\n00A;x="y;z"\r\n0123456789\r\n0 ;last\r\nX-T: 1\r\nX-U: 2\r\n\r\n',
    expected: {
      body: '0123456789',
      frame: '00A;x="y;z"\r\n\r\n0 ;last\r\nX-T: 1\r\nX-U: 2\r\n\r\n',
      complete: true,
    },
  },
  'chunks and a length: the chunks count': {
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    expected: { body: 'a', complete: true, surplus: 0 },
  },
  'another coding than chunks': {
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nab',
    expected: { body: 'ab', untilClose: true },
  },
  'lines that end in LF alone': {
    wire: 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\n\n',
    expected: { body: 'a', complete: true },
  },
  'interim responses': {
    wire: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    expected: { body: 'a', kinds: '<|', complete: true },
  },
  'another protocol': {
    wire: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x01\x02',
    expected: { body: '\x01\x02', untilClose: true },
  },
  'no content after 204': {
    wire: 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n',
    expected: { complete: true },
  },
  'no content after 304': {
    wire: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
    expected: { complete: true },
  },
  'no content after HEAD': {
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n',
    method: 'HEAD',
    expected: { complete: true },
  },
  'a chunk that is cut': {
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
    expected: { body: 'hel', complete: false, untilClose: false, problem: '' },
  },
  'no last chunk': {
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n',
    expected: { body: 'hel', complete: false, problem: '' },
  },
  'a size that is none': {
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nxyz\r\nb',
    expected: {
      body: 'a',
      frame: '1\r\n\r\nxyz\r\nb',
      complete: false,
      problem: 'no size of a chunk',
    },
  },
  'a chunk that is longer than its size': {
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n',
    expected: { body: 'a', complete: false, problem: 'no line end after a chunk' },
  },
  'a length that is none': {
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab',
    expected: { body: '', complete: false, problem: 'no number in Content-Length' },
  },
  'something else than HTTP/1': {
    wire: 'SSH-2.0-x\r\nabc',
    expected: { head: 'SSH-2.0-x\r\n', complete: false, problem: 'no status line of HTTP/1' },
  },
  'no answer': { wire: '', expected: { kinds: '', complete: false, untilClose: false } },
  'half a head': {
    wire: 'HTTP/1.1 200 OK\r\nContent-Le',
    expected: { kinds: '<', complete: false, untilClose: false },
  },
}

describe('the head, the framing and the content', () => {
  it.each(Object.entries(cases))('%s', (_name, { wire, method, expected }) => {
    const whole = read([bytes(wire)], method)
    expect(whole).toMatchObject(expected)
    expect(whole.head.length + whole.frame.length + whole.body.length).toBe(wire.length)
    expect([whole.complete, whole.untilClose].filter(Boolean).length).toBeLessThan(2)
    for (const { name, chunks } of cuts(bytes(wire), { pairsUpTo: 0 })) {
      expect(read(chunks, method), name).toEqual(whole)
    }
  })
})
