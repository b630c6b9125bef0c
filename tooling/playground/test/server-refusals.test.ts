import { createServer } from 'node:http'
import { connect } from 'node:net'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Playground, startPlayground } from '../server/start.ts'
import { HELLO, post } from './asking.ts'

let playground: Playground
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playground-'))
  await mkdir(path.join(folder, 'dist/assets'), { recursive: true })
  await writeFile(path.join(folder, 'secret.txt'), 'secret')
  await writeFile(path.join(folder, 'dist/index.html'), '<!doctype html><title>Page</title>')
  await writeFile(path.join(folder, 'dist/assets/page.js'), 'export {}')
  await writeFile(path.join(folder, 'dist/assets/ü 1.svg'), '<svg/>')
  await symlink(path.join(folder, 'secret.txt'), path.join(folder, 'dist/link.txt'))
  const dist = path.join(folder, 'dist')
  playground = await startPlayground({ port: 0, dist, requestTimeout: 1_000 })
})
afterAll(async () => {
  await playground.close()
  await rm(folder, { recursive: true })
})

interface Failed {
  error: { message: string; type: string; param: string | null; code: string }
}

async function refusal(body: unknown, target = '/v1/chat/completions'): Promise<[number, Failed]> {
  const response = await post(playground.url + target, body)
  return [response.status, (await response.json()) as Failed]
}

/** What comes back over a connection on which this is sent as it is. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(new URL(playground.url).port), '127.0.0.1', () =>
      socket.write(text),
    )
    socket.setEncoding('latin1').on('data', (data: string) => (answer += data))
    socket.on('error', reject).on('close', () => resolve(answer))
  })
}

describe('options', () => {
  const wrong: [string, unknown][] = [
    ['speed', 'fast'],
    ['speed', 0],
    ['speed', -1],
    ['speed', 20_000],
    ['speed', null],
    ['speed', '10'],
    ['cuts', 'bytes'],
    ['cuts', 1],
    ['cuts', 'toString'],
    ['seed', 1.5],
    ['seed', -1],
    ['seed', 2 ** 32],
    ['fault', 'fire'],
    ['fault', ['drop']],
    ['at', 1.01],
    ['at', -0.1],
    ['at', '0.5'],
    ['stallMs', 300_001],
    ['stallMs', -1],
    ['delayMs', 60_001],
    ['delayMs', true],
    ['sped', 'max'],
    ['__proto__', 1],
    ['constructor', 1],
  ]
  test.each(wrong)('%s may not be %j in a body', async (name, value) => {
    const body = `{"messages":${JSON.stringify(HELLO)},"stream":true,"playground":{"${name}":${JSON.stringify(value)}}}`
    const [status, { error }] = await refusal(body)
    expect(status).toBe(400)
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      param: name,
      code: 'invalid_option',
    })
    expect(error.message).toContain(`"${name}"`)
  })

  test.each([
    ['speed', 'fast', /"recorded", "max" or a number/],
    ['cuts', 'bytes', /one of "recorded", "event", "byte", "random", "hostile"/],
    [
      'fault',
      'fire',
      /one of "drop", "stall", "truncate", "error", "slow-start", "html", "status"/,
    ],
    ['at', '2', /a number from 0 to 1/],
    ['seed', '1.5', /a whole number from 0 to/],
    ['seed', '1.5.5', /a whole number from 0 to/],
    ['stallMs', '', /a number from 0 to 300000/],
    ['fautl', 'drop', /there are speed, cuts, seed, fault, at, stallMs, delayMs/],
  ])('%s may not be %j in a query, and the answer says what may', async (name, value, words) => {
    const query = new URLSearchParams({ [name]: value })
    const body = { messages: HELLO, stream: true }
    const [status, { error }] = await refusal(body, `/v1/chat/completions?${query}`)
    expect(status).toBe(400)
    expect(error.param).toBe(name)
    expect(error.message).toMatch(words)
  })

  test.each([[[]], ['drop'], [null], [7]])('%j is not an object of options', async (playground) => {
    const [status, { error }] = await refusal({ messages: HELLO, playground })
    expect([status, error.param]).toEqual([400, 'playground'])
  })

  test('those of the body count, and those of the query beside them', async () => {
    const target = '/v1/chat/completions?fault=status&speed=max'
    const asked = { messages: HELLO, stream: true, playground: { fault: 'html' } }
    const response = await post(playground.url + target, asked)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
  })

  test('a fault of streams is refused where nothing streams', async () => {
    for (const fault of ['drop', 'stall', 'truncate', 'error']) {
      const [status, { error }] = await refusal({ messages: HELLO, playground: { fault } })
      expect([status, error.param]).toEqual([400, 'fault'])
    }
    for (const [fault, status] of [
      ['html', 200],
      ['status', 503],
      ['slow-start', 200],
    ]) {
      const body = { messages: HELLO, playground: { fault, delayMs: 100 } }
      const begin = performance.now()
      expect((await post(`${playground.url}/v1/chat/completions`, body)).status).toBe(status)
      if (fault === 'slow-start') expect(performance.now() - begin).toBeGreaterThan(95)
    }
  })
})

describe('bodies', () => {
  test.each([
    ['no JSON', '{"model":', 'invalid_json', null],
    ['nothing', '', 'invalid_json', null],
    ['a list', '[]', 'invalid_json', null],
    ['null', 'null', 'invalid_json', null],
    ['a model that is not a text', { model: 7, messages: HELLO }, 'invalid_body', 'model'],
    ['no messages', { model: 'echo' }, 'invalid_body', 'messages'],
    ['an empty list of messages', { messages: [] }, 'invalid_body', 'messages'],
    ['a text for messages', { messages: 'Hello' }, 'invalid_body', 'messages'],
    ['a word for stream', { messages: HELLO, stream: 'yes' }, 'invalid_body', 'stream'],
    [
      'a word for stream_options',
      { messages: HELLO, stream_options: 'usage' },
      'invalid_body',
      'stream_options',
    ],
    ['a mode that there is not', { messages: HELLO, mode: 'turbo' }, 'invalid_body', 'mode'],
    [
      'a model that is asked elsewhere',
      { messages: HELLO, model: 'crucible-1' },
      'invalid_body',
      'model',
    ],
  ])('%s', async (_, body, code, param) => {
    const [status, { error }] = await refusal(body)
    expect(status).toBe(400)
    expect(error).toMatchObject({ type: 'invalid_request_error', code, param })
  })

  test('messages of any shape are harmless', async () => {
    for (const content of [
      null,
      7,
      {},
      [],
      [null],
      [{ text: 'a' }, { type: 'image_url' }, { text: 'b' }],
    ]) {
      const body = { model: 'echo', messages: [null, 'x', { role: 'user', content }] }
      const response = await post(`${playground.url}/v1/chat/completions`, body)
      const { choices } = (await response.json()) as { choices: { message: { content: string } }[] }
      expect(choices[0]?.message.content).toBe(
        Array.isArray(content) && content.length === 3 ? 'ab' : '',
      )
    }
  })

  test('no prompt, and a prompt that is a list', async () => {
    const [status, { error }] = await refusal({ model: 'echo' }, '/v1/completions')
    expect([status, error.param]).toEqual([400, 'prompt'])
    const response = await post(`${playground.url}/v1/completions`, {
      model: 'echo',
      prompt: ['a', 'b'],
    })
    expect(await response.json()).toMatchObject({ choices: [{ text: 'a' }] })
  })

  test('bytes that are not UTF-8', async () => {
    const body = Uint8Array.of(0x22, 0xff, 0x22)
    const response = await fetch(`${playground.url}/v1/completions`, { method: 'POST', body })
    expect(response.status).toBe(400)
  })

  test('a text that is too long to echo', async () => {
    const asking = (length: number) =>
      refusal({ model: 'echo', messages: [{ role: 'user', content: 'x'.repeat(length) }] })
    expect((await asking(16_384))[0]).toBe(200)
    const [status, { error }] = await asking(16_385)
    expect(status).toBe(400)
    expect(error.message).toContain('16384')
  })

  test('more than 1 MiB is not read', async () => {
    const announced = 1 << 30
    const head = `POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-length: ${announced}\r\n\r\n`
    const answer = await raw(head + 'x'.repeat((1 << 20) + 1))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/connection: close/i)
    expect(answer).toContain('body_too_large')
  })

  test('a body that drips is given up', async () => {
    const begin = performance.now()
    const answer = await raw(
      'POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"a',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(performance.now() - begin).toBeLessThan(10_000)
  })
})

describe('addresses', () => {
  test('models that are not there', async () => {
    for (const model of [
      'gpt-9',
      'replay/',
      'replay/llama-server/none',
      'replay/../seeds',
      '',
      '__proto__',
    ]) {
      const [status, { error }] = await refusal({ messages: HELLO, model })
      expect([status, error.code, error.param]).toEqual([404, 'model_not_found', 'model'])
    }
  })

  test('models of another system', async () => {
    const body = { messages: HELLO, model: 'vllm-primary' }
    expect((await refusal(body, '/cryptgpt/v1/chat/completions'))[0]).toBe(404)
  })

  test.each([
    ['POST', '/v1/embeddings', 404],
    ['GET', '/v1/', 404],
    ['POST', '/cryptgpt/v1/completions', 404],
    ['POST', '/crucible/v1/chat/completions', 404],
    ['GET', '/v1/chat/completions', 405],
    ['DELETE', '/v1/models', 405],
    ['POST', '/v1/models/echo', 405],
    ['POST', '/playground/scenes', 405],
    ['POST', '/', 405],
    ['GET', '/none.js', 404],
    ['GET', '/%zz', 404],
    ['GET', '/assets', 404],
  ])('%s %s: %d', async (method, target, status) => {
    const response = await fetch(playground.url + target, { method })
    expect(response.status).toBe(status)
    expect(((await response.json()) as Failed).error.message).toMatch(/\.$/)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('a recording that cannot be had at once says so', async () => {
    const asking = (id: string) => refusal({ model: `replay/${id}`, messages: HELLO })
    expect((await asking('aimock/responses-hello'))[1].error.code).toBe('only_streamed')
    const [status, { error }] = await asking('llama-server/server-killed')
    expect([status, error.code]).toEqual([502, 'failed_recording'])
    expect((await asking('seeds/cryptgpt-error'))[0]).toBe(502)
    expect((await asking('seeds/crucible-deep'))[0]).toBe(200)
  })
})

describe('other origins', () => {
  test('may ask anything, with any headers', async () => {
    const response = await fetch(`${playground.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://somewhere.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-stainless-os',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-methods')).toContain('POST')
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'authorization,content-type,x-stainless-os',
    )
  })

  test.each(['tesserae', 'replay/llama-server/plain'])(
    'may read the stream of %s',
    async (model) => {
      const response = await post(`${playground.url}/v1/chat/completions?speed=max`, {
        model,
        messages: HELLO,
        stream: true,
      })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
      await response.text()
    },
  )
})

describe('the page', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html><title>Page</title>'],
    ['/index.html?x=1', 'text/html; charset=utf-8', '<!doctype html><title>Page</title>'],
    ['/assets/page.js', 'text/javascript; charset=utf-8', 'export {}'],
    ['/assets/%C3%BC%201.svg', 'image/svg+xml', '<svg/>'],
  ])('%s', async (target, type, text) => {
    const response = await fetch(playground.url + target)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain('connect-src *')
    expect(policy).not.toContain('unsafe')
    expect(await response.text()).toBe(text)
    const head = await fetch(playground.url + target, { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
  })

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/link.txt',
    '/secret.txt%00.html',
    '/index.html%00',
    '/index.html/',
  ])('nothing outside of its folder: %s', async (target) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).not.toMatch(/secret$/)
  })

  test('that is not built is asked for, and the API works without it', async () => {
    const unbuilt = await startPlayground({ port: 0, dist: path.join(folder, 'nowhere') })
    const response = await fetch(unbuilt.url)
    expect(response.status).toBe(404)
    expect(((await response.json()) as Failed).error.message).toMatch(/not built/)
    expect((await fetch(`${unbuilt.url}/v1/models`)).status).toBe(200)
    await unbuilt.close()
  })
})

test('a port that is taken is left to its owner', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const second = await startPlayground({ port })
  expect(Number(new URL(second.url).port)).toBeGreaterThan(port)
  await second.close()
  other.close()
})
