import {
  bodyOf,
  withoutSecrets,
  writeTranscript,
  type Secrets,
  type Transcript,
} from '@tesserae/testkit/transcript'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Exchange {
  target?: string
  headers?: readonly (readonly [string, string])[]
  body?: string
  head?: string
  pieces?: readonly string[]
  provenance?: Record<string, string>
}

function exchange({
  target = '/',
  headers = [],
  body = '',
  head = '',
  pieces = [],
  provenance = {},
}: Exchange): Transcript {
  return {
    title: 'A test',
    provenance,
    request: { method: 'POST', target, headers, body: bytes(body) },
    response: {
      source: 'socket',
      reads: [
        { at: 0, parts: head === '' ? [] : [{ of: 'head', bytes: bytes(head) }] },
        ...pieces.map((piece) => ({
          at: 1,
          parts: [{ of: 'body' as const, bytes: bytes(piece) }],
        })),
      ],
      end: { at: 2, how: 'complete', why: '' },
    },
  }
}

const cleaned = (given: Exchange, secrets?: Secrets): string =>
  writeTranscript(withoutSecrets(exchange(given), secrets))

const SECRET = 'sk-T0p/Secret+1=='

describe('withoutSecrets', () => {
  it.each([
    'authorization',
    'Authorization',
    'Proxy-Authorization',
    'X-Api-Key',
    'api-key',
    'apikey',
    'x-goog-api-key',
    'Ocp-Apim-Subscription-Key',
    'x-auth-token',
    'x-amz-security-token',
    'cookie',
    'OpenAI-Organization',
    'OpenAI-Project',
    'anthropic-organization-id',
    'X-Client-Secret',
  ])('removes the request header %s', (name) => {
    const file = cleaned({ headers: [[name, SECRET]] })
    expect(file).toContain(`\n${name}: [removed]\n`)
    expect(file).toContain(`\nremoved: request header ${name.toLowerCase()}\n`)
    expect(file).not.toContain(SECRET)
  })

  it.each(['key', 'api_key', 'apiKey', 'access_token', 'token', 'sig', 'X-Amz-Signature'])(
    'removes the parameter %s',
    (name) => {
      const file = cleaned({ target: `/v1?alt=sse&${name}=${encodeURIComponent(SECRET)}&n=1` })
      expect(file).toContain(`\nPOST /v1?alt=sse&${name}=[removed]&n=1\n`)
      expect(file).not.toContain(encodeURIComponent(SECRET))
    },
  )

  it.each(['api_key', 'apiKey', 'API-KEY', 'password', 'client_secret', 'token', 'access_token'])(
    'removes the field %s of a JSON body',
    (name) => {
      const file = cleaned({
        body: JSON.stringify({ model: 'm', extra: [{ [name]: SECRET, max_tokens: 5 }] }),
      })
      expect(file).toContain(`"${name}": "[removed]"`)
      expect(file).toContain('"max_tokens": 5')
      expect(file).not.toContain(SECRET)
    },
  )

  it('removes the fields of a form', () => {
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const
    expect(cleaned({ headers, body: `grant_type=x&client_secret=${SECRET}` })).toContain(
      '> grant_type=x&client_secret=[removed]',
    )
  })

  it.each(['set-cookie', 'Set-Cookie', 'openai-organization', 'x-api-key'])(
    'masks the response header %s, as long as it was',
    (name) => {
      const file = cleaned({
        head: `HTTP/1.1 200 OK\r\n${name}: a=${SECRET}; Path=/\r\nX-A: 1\r\n\r\n`,
      })
      expect(file).toContain(`\n< ${name}: ${'*'.repeat(SECRET.length + 10)}␍␊\n< X-A: 1␍␊\n`)
    },
  )

  it('leaves alone what only sounds like one', () => {
    const given: Exchange = {
      target: '/v1/tokens?monkey=1&max_tokens=2&keys=3',
      headers: [
        ['x-ratelimit-remaining-tokens', '149984'],
        ['x-request-id', 'req_0123456789'],
        ['accept', 'text/event-stream'],
      ],
      body: JSON.stringify({
        max_tokens: 7,
        tools: [{ properties: { api_key: { type: 'string' } } }],
        keyboard: 'qwertyuiop',
      }),
      head: 'HTTP/1.1 200 OK\r\nx-ratelimit-limit-tokens: 150000\r\n\r\n',
      pieces: ['data: {"logprobs":[{"token":"Hello"}],"key":"value"}\n\n'],
    }
    expect(withoutSecrets(exchange(given))).toEqual(exchange(given))
  })

  it('removes a secret wherever else it is repeated', () => {
    const file = cleaned({
      target: `/v1?user=${encodeURIComponent(SECRET)}`,
      headers: [
        ['authorization', `Bearer ${SECRET}`],
        ['x-note', `mine is ${SECRET}.`],
      ],
      body: JSON.stringify({ messages: [{ content: `My key is "${SECRET}".` }] }),
      head: `HTTP/1.1 401 No\r\nx-echo: ${SECRET}\r\n\r\n`,
      pieces: [`{"error":"no such key: ${SECRET}"}`],
      provenance: { how: `with ${SECRET}` },
    })
    expect(file).not.toContain('Secret')
    expect(file).toContain('removed: request header authorization, 6 repetitions')
    expect(file).toContain(`| {"error":"no such key: ${'*'.repeat(SECRET.length)}"}`)
  })

  it('finds it in each form that it is repeated in', () => {
    const secret = 'a"b\\c d/e-é-0123'
    const body = JSON.stringify({ api_key: secret, echo: secret })
    const file = cleaned({
      body,
      target: `/?q=${encodeURIComponent(secret)}`,
      pieces: [secret, JSON.stringify(secret)],
    })
    expect(file).not.toContain('0123')
  })

  it('finds it across the cuts of the network, and leaves them where they are', () => {
    const given = exchange({
      headers: [['x-api-key', SECRET]],
      pieces: ['data: sk-T0p/', 'Sec', 'ret+1== x\n\n'],
    })
    const after = withoutSecrets(given)
    const lengths = (transcript: Transcript) =>
      transcript.response.reads.map(({ parts }) => parts.map((part) => part.bytes.length))
    expect(new TextDecoder().decode(bodyOf(after))).toBe(`data: ${'*'.repeat(SECRET.length)} x\n\n`)
    expect(lengths(after)).toEqual(lengths(given))
  })

  it('does not hunt for short values: they are ordinary words elsewhere', () => {
    const file = cleaned({
      headers: [['authorization', 'Bearer x']],
      pieces: ['data: x Bearer\n\n'],
    })
    expect(file).toContain('authorization: [removed]')
    expect(file).toContain('| data: x Bearer␊')
  })

  it('takes further names and patterns', () => {
    const file = cleaned(
      {
        headers: [['X-Tenant', 'acme']],
        target: '/?tenant_id=acme-2',
        body: JSON.stringify({ tenantId: 'acme-3', text: 'call 0123-456' }),
        pieces: ['data: 9876-543\n', 'data: 11', '11-222\n\n'],
      },
      { names: ['x-tenant', 'TENANT_ID'], patterns: [/\d{4}-\d{3}/] },
    )
    expect(file).not.toMatch(/acme|456|543|222/)
    expect(file).toContain('"text": "call [removed]"')
    expect(file).toContain('| data: ********␊')
  })

  it('does not change what it is given', () => {
    const given = exchange({ headers: [['x-api-key', SECRET]], pieces: [SECRET] })
    const before = writeTranscript(given)
    withoutSecrets(given)
    expect(writeTranscript(given)).toBe(before)
  })

  it('leaves no trace of any secret, in any place', () => {
    const secret = fc
      .string({ unit: fc.constantFrom(...'abcXYZ019-_+/=.~%"\\ é👋'), minLength: 8, maxLength: 24 })
      .map((word) => `<${word}>`)
    fc.assert(
      fc.property(secret, fc.nat(40), (word, cut) => {
        const echo = `x ${word} y`
        const after = withoutSecrets(
          exchange({
            headers: [
              ['x-api-key', word],
              ['x-echo', echo],
            ],
            body: JSON.stringify({ echo }),
            target: `/?q=${encodeURIComponent(word)}`,
            pieces: [echo.slice(0, cut), echo.slice(cut)].filter(
              (piece) => piece !== '' && piece.isWellFormed(),
            ),
            provenance: { echo },
          }),
        )
        const strings = [
          JSON.stringify(after.request?.headers),
          after.request?.target,
          after.provenance['echo'],
        ]
        const all = [
          ...strings,
          new TextDecoder().decode(after.request?.body),
          new TextDecoder().decode(bodyOf(after)),
        ]
        for (const form of [word, JSON.stringify(word).slice(1, -1), encodeURIComponent(word)]) {
          expect(all.some((text) => text?.includes(form))).toBe(false)
        }
      }),
    )
  })
})
