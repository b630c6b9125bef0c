import { accumulate } from '@tesserae/openai'
import { loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf, piecesOf, readTranscript, writeTranscript } from '@tesserae/testkit/transcript'
import { describe, expect, it, test } from 'vitest'
import { readAddress, writeAddress } from '../page/state/address.ts'
import { EventFilter, kindsIn } from '../page/state/event-filter.ts'
import { firstQuestion, readQuestion, requestOf, unstreamed } from '../page/stream/ask-model.ts'
import { comparable, diffLines } from '../page/stream/diff-lines.ts'
import { curlOf, exportsOf, testOf } from '../page/stream/export-stream.ts'
import { openFile, type Opened } from '../page/stream/open-file.ts'
import { recordOpened } from '../page/stream/record-opened.ts'
import { scenesWith } from '../page/views/scene-chooser.tsx'
import { visible } from '../page/views/visible.ts'

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

function opened(text: string): Opened {
  const found = openFile(encode(text))
  if ('names' in found) throw new Error('one stream was expected')
  return found
}
const bodyIn = ({ pieces }: Opened): string => pieces.map(({ bytes }) => decode(bytes)).join('')

const STREAM =
  'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

describe('a file', () => {
  it.each([
    'data: {"a":1}\n\n',
    '{"a":1}',
    '{\n "a": 1\n}',
    '{"a":1}\n{"b":',
    '<!doctype html>',
    ': x',
  ])('that is a body stays as it is, without times: %j', (text) => {
    const file = opened(text)
    expect(bodyIn(file)).toBe(text)
    expect(file.hasTimes).toBe(false)
  })

  it('with JSON lines becomes events, and reports it', () => {
    const file = opened('{"a":1}\r\n\n {"b":2}\n')
    expect(bodyIn(file)).toBe('data: {"a":1}\n\ndata: {"b":2}\n\n')
    expect(file.note).toContain('“data: ” was added before each line')
  })

  it('with lines of Ollama says which endpoint streams events', () => {
    const line = JSON.stringify({ model: 'm', message: { content: 'a' }, done: false })
    expect(opened(`${line}\n${line}\n`).note).toContain('/v1/chat/completions')
    expect(opened('{"a":1}\n{"b":2}\n').note).not.toContain('Ollama')
  })

  it('that is indented loses what all lines have in front, and reports it', () => {
    const file = opened('    event: a\n    data:   b\n\n    data: c\r\n    \n')
    expect(bodyIn(file)).toBe('event: a\ndata:   b\n\ndata: c\r\n\n')
    expect(file.note).toContain('indentation')
    // Lines that differ say something: the parser decides about them.
    const mixed = '  data: a\ndata: b\n\n'
    expect(bodyIn(opened(mixed))).toBe(mixed)
    expect(opened(mixed).note).toBe('')
  })

  it('from curl -i has its head, and the body that follows the last one', () => {
    const text = `HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\n\r\nHTTP/2 200\r\ncontent-type: text/event-stream\r\nx-request-id: 7\r\n\r\n${STREAM}`
    const file = opened(text)
    expect(file).toMatchObject({ status: 200, kind: 'HTTP response', hasTimes: false })
    expect(file.headers).toEqual([
      ['content-type', 'text/event-stream'],
      ['x-request-id', '7'],
    ])
    expect(bodyIn(file)).toBe(STREAM)
  })

  it('from a browser is read by the response that is a stream', () => {
    const entry = (url: string, mimeType: string, text: string, encoding?: string): object => ({
      request: { method: 'POST', url },
      response: {
        status: 200,
        headers: [{ name: 'Content-Type', value: mimeType }],
        content: { text, mimeType, encoding },
      },
    })
    const har = (...entries: object[]): string => JSON.stringify({ log: { entries } })
    const page = entry('https://a/', 'text/html', '<p>')
    const one = opened(
      har(page, entry('https://a/chat', 'text/event-stream', btoa(STREAM), 'base64')),
    )
    expect(bodyIn(one)).toBe(STREAM)
    const two = openFile(
      encode(
        har(
          entry('https://a/1', 'text/event-stream', 'data: 1\n\n'),
          entry('https://a/2', 'text/event-stream', 'data: 2\n\n'),
        ),
      ),
    )
    if (!('names' in two)) throw new Error('a choice was expected')
    expect(two.names).toEqual(['POST https://a/1', 'POST https://a/2'])
    expect(bodyIn(two.open(1))).toBe('data: 2\n\n')
    expect(() => openFile(encode(har(page)))).toThrow('no response of type text/event-stream')
  })

  it('of the testkit has the times of its recording, and ends as it did', async () => {
    const transcript = loadRecording('llama-server/tools-parallel')
    const file = opened(writeTranscript(transcript))
    expect(file.pieces.map(({ at }) => at)).toEqual(piecesOf(transcript).map(({ at }) => at))
    const recording = await recordOpened(file, { cuts: 'event', protocol: undefined })
    expect(recording.settings.timing).toBe('recorded')
    expect(recording.tape.slice(0, recording.tape.length)).toEqual(bodyOf(transcript))
    expect(recording.message.outcome?.verdict?.complete).toBe(true)
  })

  it('without times is cut as the reader likes, and no time is made up for it', async () => {
    const recording = await recordOpened(opened(STREAM), { cuts: 'event', protocol: undefined })
    expect(recording.tape.chunks).toHaveLength(2)
    expect(recording.tape.hasTimes).toBe(false)
    expect(recording.settings.timing).toBe('none')
  })
})

describe('an export', () => {
  const request = {
    url: '/v1/chat/completions',
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-secret' },
    body: `{"a":"it's"}`,
    timing: 'live',
  } as const

  it('of bytes and of a transcript is read back as the same stream', async () => {
    const { hasTimes: _, ...rest } = opened(STREAM)
    const recording = await recordOpened(
      {
        ...rest,
        hasTimes: true,
        headAt: 1,
        pieces: [{ at: 5, bytes: encode(STREAM) }],
        end: { at: 6, how: 'closed' },
      },
      { cuts: 'event', protocol: undefined },
    )
    const forms = new Map(exportsOf(recording, undefined).map((form) => [form.id, form.make()]))
    expect(decode(forms.get('bytes') as Uint8Array)).toBe(STREAM)
    expect(forms.get('events')).toContain('{"data":"[DONE]"}\n')
    expect(JSON.parse(String(forms.get('message')))).toEqual(await accumulate(new Response(STREAM)))
    const transcript = readTranscript(String(forms.get('transcript')))
    expect(decode(bodyOf(transcript))).toBe(STREAM)
    expect(transcript.response.reads.map(({ at }) => at)).toEqual([1, 5])
    expect(forms.has('curl')).toBe(false)
  })

  it('never has the key in it', async () => {
    const recording = await recordOpened(opened(STREAM), { cuts: 'event', protocol: undefined })
    for (const { id, make } of exportsOf(recording, request).filter(({ id }) => id !== 'curl'))
      expect(String(make()), id).not.toContain('sk-secret')
    expect(curlOf(request, 'http://127.0.0.1:8484/')).toBe(
      [
        `curl --no-buffer --request POST 'http://127.0.0.1:8484/v1/chat/completions' \\`,
        `  --header 'content-type: application/json' \\`,
        `  --header "authorization: Bearer $API_KEY" \\`,
        String.raw`  --data '{"a":"it'\''s"}'`,
        '',
      ].join('\n'),
    )
  })

  it('as a test holds the events and the message fast', async () => {
    const recording = await recordOpened(opened(STREAM), { cuts: 'event', protocol: undefined })
    const text = testOf(recording)
    expect(text).toContain("import { accumulate } from '@tesserae/openai'")
    expect(text).toContain('expect(verdict.complete).toBe(true)')
    const base64 = [...text.matchAll(/^ {6}'([\w+/=]+)',$/gm)].map(([, line]) => line).join('')
    expect(atob(base64)).toBe(STREAM)
  })
})

describe('the form', () => {
  const base = 'http://127.0.0.1:8484/'
  const openai = {
    ...firstQuestion,
    preset: 'openai',
    baseUrl: 'https://api.example.com/v1/',
    model: 'm',
  }

  it('makes the request of each API', () => {
    const made = (api: 'chat' | 'responses' | 'anthropic'): object => {
      const { request } = requestOf({ ...openai, api }, 'k', base) as { request: { body: string } }
      return { ...request, body: JSON.parse(request.body) }
    }
    expect(made('chat')).toMatchObject({
      url: 'https://api.example.com/v1/chat/completions',
      headers: { authorization: 'Bearer k' },
      isForwarded: true,
      body: { model: 'm', stream: true, stream_options: { include_usage: true } },
    })
    expect(made('responses')).toMatchObject({
      url: 'https://api.example.com/v1/responses',
      body: { input: 'Who are you?', stream: true },
    })
    expect(made('anthropic')).toMatchObject({
      url: 'https://api.example.com/v1/messages',
      headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
      body: { max_tokens: 1024 },
    })
  })

  it('does not forward to the server that it came from', () => {
    expect(requestOf(firstQuestion, '', base)).toMatchObject({ request: { isForwarded: false } })
  })

  it.each([
    [{ baseUrl: '' }, '', /Write a base URL/],
    [{ baseUrl: 'ftp://a' }, '', /Write a base URL/],
    [{ baseUrl: 'http://[' }, '', /Write a base URL/],
    [{ api: 'custom', headers: 'nonsense' }, '', /not a header: “nonsense”/],
    [{}, 'ключ', /The key has characters/],
  ] as const)('says what to change in %j', (change, key, words) => {
    const made = requestOf({ ...firstQuestion, ...change }, key, base)
    expect('wrong' in made && made.wrong).toMatch(words)
  })

  it('is read from whatever was kept', () => {
    expect(readQuestion(null)).toEqual(firstQuestion)
    expect(readQuestion('{"api":"x","prompt":7,"method":"DELETE"}')).toMatchObject({
      api: 'chat',
      prompt: firstQuestion.prompt,
      method: 'POST',
    })
    expect(readQuestion(JSON.stringify(openai))).toEqual(openai)
  })

  it('asks the same without streaming', () => {
    const { request } = requestOf(openai, '', base) as { request: Parameters<typeof unstreamed>[0] }
    const body = JSON.parse(unstreamed(request)?.body ?? '')
    expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Who are you?' }] })
    expect(unstreamed({ ...request, body: 'x' })).toBeUndefined()
  })
})

describe('the address', () => {
  it.each([
    '#scene=a%2Fb',
    '#scene=a&speed=max&cuts=hostile&fault=drop&at=0.25&limit=256',
    '#opened=my+stream.sse',
    '#asked=https%3A%2F%2Fa%2Fv1',
  ])('%s is what it says', (hash) => {
    expect(writeAddress(readAddress(hash))).toBe(hash)
  })

  it('leaves out what cannot be chosen', () => {
    expect(writeAddress(readAddress('#scene=a&speed=warp&cuts=x&fault=y&at=7&limit=1'))).toBe(
      '#scene=a',
    )
  })
})

test('events are found by text and by kind, as they come', async () => {
  const body = ': ping\n\nevent: a\ndata: Hello\n\ndata: world\n\nevent: a\ndata: hello again\n\n'
  const { events } = await recordOpened(opened(body), { cuts: 'byte', protocol: undefined })
  const { entries } = events
  const byText = new EventFilter({ text: 'HELLO', kind: 'all' })
  expect(byText.countAt(entries, 2)).toBe(1)
  expect(byText.countAt(entries, entries.length)).toBe(2)
  expect(byText.countAt(entries, 1)).toBe(0)
  expect(byText.indices).toEqual([1, 3])
  expect(kindsIn(entries).map(({ label }) => label)).toEqual([
    'comments (1)',
    'events (3)',
    'a (2)',
  ])
  const byName = new EventFilter({ text: '', kind: 'event:a' })
  byName.countAt(entries, entries.length)
  expect(byName.indices).toEqual([1, 3])
})

test('two texts are compared line by line', () => {
  expect(diffLines('a\nb\nc', 'a\nc\nd')).toEqual([
    { left: 'a', right: 'a' },
    { left: 'b', right: undefined },
    { left: 'c', right: 'c' },
    { left: undefined, right: 'd' },
  ])
  expect(comparable({ b: [{ d: 1, c: 2 }], a: 1 })).toBe(comparable({ a: 1, b: [{ c: 2, d: 1 }] }))
})

test('scenes are found by every word of a query', () => {
  const scene = {
    id: 'aimock/x',
    title: 'Weather',
    from: 'aimock 1',
    dialect: 'messages',
    note: '',
    bytes: 1,
    isTimed: true,
    path: '',
    body: {},
  }
  expect(scenesWith([scene], 'weather messages')).toEqual([scene])
  expect(scenesWith([scene], 'weather gemini')).toEqual([])
})

describe('a text that is shown', () => {
  it.each([
    ['two\n\tlines, Grüße, 東京 👩‍🚀', 'two\n\tlines, Grüße, 東京 👩‍🚀'],
    ['\u202Eevil\u202C', '\\u202eevil\\u202c'],
    ['\u0000\u001B\u007F\u0085\uFEFF', '\\u0000\\u001b\\u007f\\u0085\\ufeff'],
    // A joiner that a cut has left alone.
    ['"\u200D"', '"\\u200d"'],
  ])('hides nothing: %j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })
})
