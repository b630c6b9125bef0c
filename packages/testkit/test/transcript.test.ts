import {
  bodyOf,
  headOf,
  piecesOf,
  readTranscript,
  replay,
  replayResponse,
  TranscriptError,
  wireOf,
  writeTranscript,
  type End,
  type Part,
  type Transcript,
  type TranscriptErrorCode,
} from '@tesserae/testkit/transcript'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const times = (factor: number) => ({ numRuns: factor * (fc.readConfigureGlobal().numRuns ?? 100) })
const text = (of: Uint8Array): string => new TextDecoder().decode(of)

/** A transcript of a body, one read for each string. */
function transcriptOf(
  pieces: readonly (string | Uint8Array)[],
  end: Partial<End> = {},
): Transcript {
  return {
    title: 'A test',
    provenance: { licence: 'none needed' },
    response: {
      source: 'document',
      reads: pieces.map((piece, at) => ({
        at,
        parts:
          piece.length === 0
            ? []
            : [{ of: 'body', bytes: typeof piece === 'string' ? bytes(piece) : piece }],
      })),
      end: { at: pieces.length, how: 'complete', why: '', ...end },
    },
  }
}

/** The lines that stand for the response, without the times. */
function linesOf(...pieces: (string | Uint8Array)[]): string[] {
  return writeTranscript(transcriptOf(pieces))
    .split('\n')
    .filter((line) => line.startsWith('| '))
}

describe('what a line shows', () => {
  it.each([
    ['a line and its end', 'data: x\n', '| data: x␊'],
    ['a line without an end', 'data: x', '| data: x'],
    ['an empty line', '\n', '| ␊'],
    ['JSON, as it is', 'data: {"a":"\\n\\"é\\"👋🏽"}\n', '| data: {"a":"\\n\\"é\\"👋🏽"}␊'],
    ['carriage returns', 'a\r\n', '| a␍␊'],
    ['a tab, a NUL, a DEL', '\t\0\x7f', '| ␉␀␡'],
    ['a space at the end', 'data: ', '| data:␠'],
    ['a space before a line end', 'data: \n', '| data: ␊'],
    ['the signs themselves', '␊⟦⟧', '| ⟦e2 90 8a e2 9f a6 e2 9f a7⟧'],
    ['a byte order mark', '\u{feff}data: x', '| ⟦ef bb bf⟧data: x'],
    ['line ends that are none', 'a\u2028b\u0085c', '| a⟦e2 80 a8⟧b⟦c2 85⟧c'],
    ['spaces that are none', 'a\u00a0b\u200bc', '| a⟦c2 a0⟧b⟦e2 80 8b⟧c'],
    ['a joiner between emoji', '👩‍👧', '| 👩‍👧'],
    ['a replacement character', '\ufffd', '| \ufffd'],
    ['bytes that are not UTF-8', Uint8Array.of(0x61, 0xff, 0xc0, 0x8a, 0x62), '| a⟦ff c0 8a⟧b'],
    ['half a surrogate pair', Uint8Array.of(0xed, 0xa0, 0x80), '| ⟦ed a0 80⟧'],
    ['half a character', bytes('€').subarray(0, 2), '| ⟦e2 82⟧'],
  ])('%s', (_name, piece, line) => {
    expect(linesOf(piece)).toEqual([line])
    expect(bodyOf(readTranscript(writeTranscript(transcriptOf([piece]))))).toEqual(
      bodyOf(transcriptOf([piece])),
    )
  })

  it('a character that is cut in two, on both sides of the cut', () => {
    const [first, second] = [bytes('a€').subarray(0, 3), bytes('€b').subarray(2)]
    expect(linesOf(first, second)).toEqual(['| a⟦e2 82⟧', '| ⟦ac⟧b'])
  })

  it('nothing that an editor or a terminal would change, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (body) => {
        const written = writeTranscript(transcriptOf([body]))
        // eslint-disable-next-line no-control-regex
        expect(written).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]| $/m)
        expect(text(bytes(written))).toBe(written)
      }),
      times(3),
    )
  })
})

describe('a whole transcript', () => {
  const socket: Transcript = {
    title: 'Two events',
    provenance: { engine: 'a server 1.0', licence: 'made for this project' },
    request: {
      method: 'POST',
      target: '/v1/chat/completions?q=a b',
      headers: [
        ['content-type', 'application/json'],
        ['accept', ''],
      ],
      body: bytes(
        '{"messages":[{"role":"user","content":"Say\\u2028 hello."}],"stream":true}'.replace(
          '\\u2028',
          '\u2028',
        ),
      ),
    },
    response: {
      source: 'socket',
      reads: [
        { at: 0, parts: [] },
        { at: 3.8, parts: [{ of: 'head', bytes: bytes('HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n') }] },
        {
          at: 4,
          parts: [
            { of: 'frame', bytes: bytes('9;x=y\r\n') },
            { of: 'body', bytes: bytes('data: a\n\n') },
            { of: 'frame', bytes: bytes('\r\nc\r') },
          ],
        },
        {
          at: 4,
          parts: [
            { of: 'frame', bytes: bytes('\n') },
            { of: 'body', bytes: bytes('data: ') },
          ],
        },
      ],
      end: { at: 12.25, how: 'cut', why: 'ECONNRESET' },
    },
    meaning: { kind: 'events', streamed: true, events: 1, list: [{ data: 'a' }] },
  }

  it('is written like this', () => {
    expect(writeTranscript(socket)).toBe(
      `tesserae transcript 1
title: Two events
engine: a server 1.0
licence: made for this project

=== request
POST /v1/chat/completions?q=a b
content-type: application/json
accept:

{
  "messages": [
    {
      "role": "user",
      "content": "Say\\u2028 hello."
    }
  ],
  "stream": true
}

=== response: socket
@ 0
@ 3.8
< HTTP/1.1 200 OK␍␊
< X-A: 1␍␊
< ␍␊
@ 4
# 9;x=y␍␊
| data: a␊
| ␊
# ␍␊
# c␍
@ 4
# ␊
| data:␠
@ 12.25 cut: ECONNRESET

=== meaning
{
  "kind": "events",
  "streamed": true,
  "events": 1,
  "list": [
    {
      "data": "a"
    }
  ]
}
`,
    )
  })

  it('is read back the same', () => {
    expect(readTranscript(writeTranscript(socket))).toEqual(socket)
  })

  it('shows a body that is not JSON, or JSON in another form, byte for byte', () => {
    const body = bytes('{ "a": 1 }\n')
    const transcript = { ...socket, request: { method: 'PUT', target: '/', headers: [], body } }
    expect(writeTranscript(transcript)).toContain('\nPUT /\n\n> { "a": 1 }␊\n\n')
    expect(readTranscript(writeTranscript(transcript))).toEqual(transcript)
  })

  it('may be wrapped anywhere by hand: a line break of the file stands for nothing', () => {
    const wrapped = writeTranscript(socket).replace('| data: a␊', '| da\n| ta: a␊')
    expect(readTranscript(wrapped)).toEqual(socket)
  })

  it('is read back the same, whatever it holds', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((word) => word !== 'title')
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    )
    const wellFormed = anyText.filter((word) => !/\p{Surrogate}/u.test(word))
    const body = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 24 }),
      fc
        .string({
          unit: fc.constantFrom('\n', '\r', ' ', '␊', '␠', '⟦', '⟧', '=', '@', '|', 'é', '👩‍👧'),
          minLength: 1,
        })
        .map(bytes),
    )
    const parts = fc
      .array(
        fc.record({
          of: fc.constantFrom('head' as const, 'frame' as const, 'body' as const),
          bytes: body,
        }),
        {
          maxLength: 4,
        },
      )
      .map((list): Part[] => list.filter(({ of }, at) => of !== list[at - 1]?.of))
    const transcripts = fc
      .record({
        title: wellFormed,
        provenance: fc.dictionary(name, wellFormed, { maxKeys: 3, noNullPrototype: true }),
        request: fc.option(
          fc.record({
            method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
            target: wellFormed.filter((word) => word !== ''),
            headers: fc.array(fc.tuple(fc.constantFrom('accept', 'X-A', 'x-a'), wellFormed), {
              maxLength: 3,
            }),
            body: fc.oneof(
              fc.uint8Array({ maxLength: 12 }),
              fc.jsonValue().map((value) => bytes(JSON.stringify(value))),
              fc.jsonValue().map((value) => bytes(JSON.stringify(value, undefined, 2))),
            ),
          }),
          { nil: undefined },
        ),
        source: fc.constantFrom('socket' as const, 'fetch' as const, 'document' as const),
        times: fc.array(fc.double({ min: 0, max: 1e21, noNaN: true }), {
          minLength: 6,
          maxLength: 6,
        }),
        parts: fc.array(parts, { maxLength: 5 }),
        how: fc.constantFrom('complete' as const, 'cut' as const, 'aborted' as const),
        why: wellFormed,
        meaning: fc.option(
          fc.record({
            kind: fc.constant('events' as const),
            streamed: fc.boolean(),
            error: fc.jsonValue(),
          }),
          {
            nil: undefined,
          },
        ),
      })
      .map(
        ({
          title,
          provenance,
          request,
          source,
          times,
          parts: all,
          how,
          why,
          meaning,
        }): Transcript => {
          const ascending = times.map((time) => time + 0).sort((one, other) => one - other)
          return {
            title,
            provenance,
            ...(request === undefined ? {} : { request }),
            response: {
              source,
              reads: all.map((list, index) => ({ at: ascending[index] as number, parts: list })),
              end: { at: ascending[5] as number, how, why },
            },
            ...(meaning === undefined ? {} : { meaning: JSON.parse(JSON.stringify(meaning)) }),
          }
        },
      )
    fc.assert(
      fc.property(transcripts, (transcript) => {
        const written = writeTranscript(transcript)
        expect(readTranscript(written)).toEqual(transcript)
        expect(writeTranscript(readTranscript(written))).toBe(written)
      }),
      times(5),
    )
  })
})

describe('a file that is not a transcript', () => {
  const good = writeTranscript(transcriptOf(['data: a\n\n']))
  const lines = good.split('\n')

  it('is the good one, but for one line each time', () => {
    expect(lines).toEqual([
      'tesserae transcript 1',
      'title: A test',
      'licence: none needed',
      '',
      '=== response: document',
      '@ 0',
      '| data: a␊',
      '| ␊',
      '@ 1 complete',
      '',
    ])
    expect(readTranscript(good)).toEqual(transcriptOf(['data: a\n\n']))
  })

  it.each<[what: string, line: number, instead: string[], code: TranscriptErrorCode, at?: number]>([
    ['another format', 1, ['HTTP/1.1 200 OK'], 'not-a-transcript'],
    ['an empty file', 1, [], 'not-a-transcript'],
    ['a later version', 1, ['tesserae transcript 2'], 'unknown-version'],
    ['no title', 2, ['name: x'], 'invalid-field'],
    ['a field without a colon', 3, ['licence none'], 'invalid-field'],
    ['a field without a space', 3, ['licence:none'], 'invalid-field'],
    ['a field in capitals', 3, ['Licence: none'], 'invalid-field'],
    ['a field that is there twice', 3, ['licence: x', 'licence: x'], 'invalid-field', 4],
    ['a control character', 3, ['licence: a\tb'], 'invalid-sign'],
    ['a carriage return', 3, ['licence: none\r'], 'invalid-sign'],
    ['text that is not UTF-8', 3, ['licence: ⟦ff⟧'], 'invalid-sign'],
    ['a bracket that is not closed', 7, ['| a ⟦e2'], 'invalid-sign'],
    ['a bracket that is not opened', 7, ['| a ⟧'], 'invalid-sign'],
    ['brackets with something else', 7, ['| a ⟦e2, 80⟧'], 'invalid-sign'],
    ['brackets with one digit', 7, ['| a ⟦e⟧'], 'invalid-sign'],
    ['brackets with nothing', 7, ['| a ⟦⟧'], 'invalid-sign'],
    ['a byte order mark as it is', 7, ['| \ufeffdata: a␊'], 'invalid-sign'],
    ['half a surrogate pair', 7, ['| \ud800'], 'invalid-sign'],
    ['no response', 5, ['=== meaning'], 'unexpected-line'],
    ['a response from elsewhere', 5, ['=== response: hearsay'], 'unexpected-line'],
    ['a request without a method', 5, ['=== request', '/path'], 'unexpected-line', 6],
    ['a request without a target', 5, ['=== request', 'GET '], 'unexpected-line', 6],
    ['no time', 6, ['| data: a␊'], 'unexpected-line'],
    ['a time that is none', 6, ['@ soon'], 'invalid-time'],
    ['a time in another form', 6, ['@ 0.50'], 'invalid-time'],
    ['a time below 0', 6, ['@ -1'], 'invalid-time'],
    ['a time without end', 6, ['@ Infinity'], 'invalid-time'],
    ['a time that goes back', 6, ['@ 2'], 'invalid-time', 9],
    ['a line of another kind', 7, ['> data: a␊'], 'unexpected-line'],
    ['a line without a space', 7, ['|data: a␊'], 'unexpected-line'],
    ['a line with nothing', 7, ['| '], 'unexpected-line'],
    ['a blank line in the response', 7, [''], 'missing-end'],
    ['no end', 9, [], 'missing-end'],
    ['an end of another kind', 9, ['@ 1 fine'], 'unexpected-line'],
    ['an end with nothing said', 9, ['@ 1 cut: '], 'unexpected-line'],
    ['something after the end', 9, ['@ 1 complete', '@ 2'], 'unexpected-line', 10],
    ['an unknown section', 9, ['@ 1 complete', '', '=== remarks'], 'unexpected-line', 11],
    ['a meaning that is not JSON', 9, ['@ 1 complete', '', '=== meaning', '{'], 'invalid-json', 12],
    ['a meaning without a kind', 9, ['@ 1 complete', '', '=== meaning', '{}'], 'invalid-json', 12],
    ['a meaning that is a list', 9, ['@ 1 complete', '', '=== meaning', '[]'], 'invalid-json', 12],
    [
      'two meanings',
      9,
      ['@ 1 complete', '', '=== meaning', '{"kind":"text"}', '', '=== meaning', '1'],
      'unexpected-line',
      14,
    ],
  ])('%s', (_what, line, instead, code, at = line) => {
    const file = lines
      .toSpliced(line - 1, 1, ...instead)
      .slice(0, instead.length === 0 ? line - 1 : undefined)
    const error = caught(() => readTranscript(file.join('\n')))
    expect([error.code, error.line]).toEqual([code, at])
    expect(error.message).toMatch(new RegExp(`^Line ${at}: .*\\.$`, 's'))
  })

  it('is one that an editor or git has converted', () => {
    for (const converted of [good.replaceAll('\n', '\r\n'), `\ufeff${good}`]) {
      const error = caught(() => readTranscript(converted))
      expect([error.code, error.line]).toEqual(['invalid-sign', 1])
    }
    expect(caught(() => readTranscript(good.replaceAll('\n', '\r\n'))).message).toContain('CR LF')
  })

  it('never makes anything else of it than an error with a line', () => {
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(4),
        fc.string({
          unit: fc.constantFrom('\n', '@', '|', ' ', '=', '⟦', '⟧', '1', ':', '␊', '{'),
        }),
        (at, length, instead) => {
          try {
            readTranscript(good.slice(0, at) + instead + good.slice(at + length))
          } catch (error) {
            expect(error).toBeInstanceOf(TranscriptError)
            expect((error as TranscriptError).line).toBeGreaterThan(0)
          }
        },
      ),
      times(10),
    )
  })
})

describe('what cannot be written', () => {
  const base = transcriptOf(['x'])
  const response = base.response
  const request = { method: 'GET', target: '/', headers: [], body: bytes('') }
  it.each<[what: string, transcript: Transcript]>([
    ['a provenance name with a space', { ...base, provenance: { 'a b': '' } }],
    ['a second title', { ...base, provenance: { title: '' } }],
    ['half a surrogate pair', { ...base, title: '\ud800' }],
    ['a method of two words', { ...base, request: { ...request, method: 'GET IT' } }],
    ['no target', { ...base, request: { ...request, target: '' } }],
    ['a header name with a colon', { ...base, request: { ...request, headers: [['a:', '']] } }],
    [
      'a part without bytes',
      {
        ...base,
        response: { ...response, reads: [{ at: 0, parts: [{ of: 'body', bytes: bytes('') }] }] },
      },
    ],
    [
      'two parts of a kind',
      {
        ...base,
        response: {
          ...response,
          reads: [
            {
              at: 0,
              parts: [
                { of: 'body', bytes: bytes('a') },
                { of: 'body', bytes: bytes('b') },
              ],
            },
          ],
        },
      },
    ],
    [
      'a time that goes back',
      { ...base, response: { ...response, end: { ...response.end, at: -1 } } },
    ],
    [
      'a time that is not a number',
      { ...base, response: { ...response, end: { ...response.end, at: Number.NaN } } },
    ],
    [
      'a time of minus zero',
      { ...base, response: { ...response, reads: [{ at: -0, parts: [] }] } },
    ],
  ])('%s', (_what, transcript) => {
    expect(caught(() => writeTranscript(transcript)).code).toBe('unwritable')
  })
})

describe('the parts of a response', () => {
  const transcript = readTranscript(`tesserae transcript 1
title: Chunks and reads

=== response: socket
@ 1
< HTTP/1.1 103 Early Hints␍␊
< ␍␊
@ 2
< HTTP/1.1 200 Fine, thanks␍␊
< Content-Type:text/event-stream␍␊
< X-Latin: ⟦e9⟧␍␊
< ␍␊
# 5␍␊
| data:
@ 3
# ␍␊
# 8␍␊
|  ab
@ 4
| cd␊
| ␊
# ␍␊
# 3␍␊
| : x
@ 5
# ␍␊
# 0␍␊
# X-Trailer: 1␍␊
# ␍␊
@ 5 complete
`)

  it('are the body', () => {
    expect(text(bodyOf(transcript))).toBe('data: abcd\n\n: x')
  })

  it('are pieces by read, and by chunk', () => {
    const pieces = (by: 'read' | 'chunk') =>
      piecesOf(transcript, { by }).map((piece) => [piece.at, text(piece.bytes)])
    expect(pieces('read')).toEqual([
      [2, 'data:'],
      [3, ' ab'],
      [4, 'cd\n\n: x'],
    ])
    expect(pieces('chunk')).toEqual([
      [2, 'data:'],
      [4, ' abcd\n\n'],
      [4, ': x'],
    ])
  })

  it('are the wire', () => {
    expect(text(wireOf(transcript))).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\n\r\nHTTP[^]*\r\n0\r\nX-Trailer: 1\r\n\r\n$/,
    )
    expect(caught(() => wireOf(transcriptOf(['x']))).code).toBe('unreplayable')
  })

  it('are the head, the last one', () => {
    expect(headOf(transcript)).toEqual({
      status: 200,
      statusText: 'Fine, thanks',
      headers: [
        ['Content-Type', 'text/event-stream'],
        ['X-Latin', '\u00e9'],
      ],
    })
    expect(headOf(transcriptOf(['x']))).toBe(undefined)
  })

  it('have no head before it is whole', () => {
    const [first, second] = transcript.response.reads
    const of = (...parts: Part[]): Transcript => ({
      ...transcript,
      response: { ...transcript.response, reads: [{ at: 0, parts }] },
    })
    const early = first?.parts[0] as Part
    const whole = second?.parts[0] as Part
    const half = { of: 'head' as const, bytes: whole.bytes.slice(0, -2) }
    expect(headOf(of(early))).toBe(undefined)
    expect(headOf(of({ of: 'head', bytes: bytes(text(early.bytes) + text(half.bytes)) }))).toBe(
      undefined,
    )
    expect(caught(() => replayResponse(of(half))).code).toBe('unreplayable')
  })
})

describe('a replay', () => {
  const collect = async (
    stream: ReadableStream<Uint8Array>,
  ): Promise<{ pieces: string[]; error: unknown }> => {
    const pieces: string[] = []
    const reader = stream.getReader()
    try {
      while (true) {
        const { done, value } = await reader.read()
        if (done) return { pieces, error: undefined }
        pieces.push(text(value))
      }
    } catch (error) {
      return { pieces, error }
    }
  }

  it('gives the pieces, and closes', async () => {
    expect(await collect(replay(transcriptOf(['a', 'b'])))).toEqual({
      pieces: ['a', 'b'],
      error: undefined,
    })
  })

  it('fails where the connection was lost, after all that had arrived', async () => {
    const { pieces, error } = await collect(replay(transcriptOf(['a', 'b'], { how: 'cut' })))
    expect(pieces).toEqual(['a', 'b'])
    expect((error as TranscriptError).code).toBe('cut')
  })

  it('fails as an aborted request does', async () => {
    const { pieces, error } = await collect(replay(transcriptOf(['a'], { how: 'aborted' })))
    expect(pieces).toEqual(['a'])
    expect((error as Error).name).toBe('AbortError')
  })

  it('closes in order, if asked', async () => {
    const stream = replay(transcriptOf(['a'], { how: 'cut' }), { end: 'close' })
    expect(await collect(stream)).toEqual({ pieces: ['a'], error: undefined })
  })

  it('keeps the recorded times, or some times faster', async () => {
    const slow = transcriptOf(['a', 'b'])
    const late = {
      ...slow,
      response: { ...slow.response, end: { at: 400, how: 'complete' as const, why: '' } },
    }
    const times = await Promise.all(
      [1, 8].map(async (speed) => {
        const start = performance.now()
        await collect(replay(late, { speed }))
        return performance.now() - start
      }),
    )
    // Timers may fire a little early, and fire late on a busy machine.
    expect(times[0]).toBeGreaterThan(395)
    expect(times[1]).toBeGreaterThan(45)
    expect(times[1]).toBeLessThan(times[0] as number)
  })

  it('stops waiting when it is cancelled', async () => {
    const endless = transcriptOf([], { at: 2 ** 30 })
    const reader = replay(endless, { speed: 1 }).getReader()
    const read = reader.read()
    await reader.cancel()
    expect((await read).done).toBe(true)
  })

  it('needs a speed', () => {
    for (const speed of [0, -1, Number.NaN]) {
      expect(caught(() => replay(transcriptOf([]), { speed })).code).toBe('unreplayable')
    }
  })

  it('is a Response', async () => {
    const response = replayResponse(transcriptOf(['data: a\n\n']))
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream',
    ])
    expect(await response.text()).toBe('data: a\n\n')
  })

  it('is a Response without a body where HTTP has none', async () => {
    const parts: Part[] = [
      { of: 'head', bytes: bytes('HTTP/1.1 204 No Content\r\nX-A: 1\r\nx-a: 2\r\n\r\n') },
    ]
    const response = replayResponse({
      ...transcriptOf([]),
      response: {
        source: 'socket',
        reads: [{ at: 0, parts }],
        end: { at: 0, how: 'complete', why: '' },
      },
    })
    expect([response.status, response.statusText, response.headers.get('x-a')]).toEqual([
      204,
      'No Content',
      '1, 2',
    ])
    expect(response.body).toBe(null)
  })
})

function caught(run: () => unknown): TranscriptError {
  try {
    run()
  } catch (error) {
    if (error instanceof TranscriptError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}
