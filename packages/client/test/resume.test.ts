import { type Connection, connect, type ConnectOptions } from '@tesserae/client'
import { resumeChat, resumeResponse } from '@tesserae/client/resume'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { broken, fetchOf, whole } from './support/answers.ts'

const quick: ConnectOptions = { delay: 0 }

async function dataOf(connection: Connection): Promise<string[]> {
  const data: string[] = []
  for await (const event of connection) data.push(event.data)
  return data
}

/** Events of the Responses API, from one number to another. */
function responseEvents(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => {
    const number = from + index
    const type =
      number === 0
        ? 'response.created'
        : number === 9
          ? 'response.completed'
          : 'response.output_text.delta'
    const response = number === 0 ? { response: { id: 'resp_1' } } : {}
    return JSON.stringify({ type, sequence_number: number, ...response })
  })
}
const streamOf = (events: readonly string[]): string =>
  events.map((data) => `data: ${data}\n\n`).join('')

describe('resumeResponse()', () => {
  const baseUrl = 'https://api.test/v1/'
  const address = 'https://api.test/v1/responses'
  const json = { model: 'm', background: true, stream: true }

  test('continues after the last sequence number, over any number of breaks', async () => {
    const { fetch, sent } = fetchOf(
      broken(streamOf(responseEvents(0, 3))),
      broken(streamOf(responseEvents(3, 4))),
      new Response('busy', { status: 503 }),
      whole(streamOf(responseEvents(4, 10))),
    )
    const headers = { authorization: 'Bearer key' }
    const resume = resumeResponse({ baseUrl, headers })
    expect(await dataOf(connect(address, { ...quick, json, fetch, resume }))).toEqual(
      responseEvents(0, 10),
    )
    expect(sent.map(({ method, url }) => `${method} ${new URL(url).search}`)).toEqual([
      'POST ',
      'GET ?stream=true&starting_after=2',
      'GET ?stream=true&starting_after=3',
      'GET ?stream=true&starting_after=3',
    ])
    expect(sent[1]?.url).toContain('https://api.test/v1/responses/resp_1?')
    expect(sent[1]?.headers.get('authorization')).toBe('Bearer key')
  })

  test('drops events that were delivered', async () => {
    const { fetch } = fetchOf(
      broken(streamOf(responseEvents(0, 5))),
      whole(streamOf(responseEvents(2, 10))),
    )
    const resume = resumeResponse({ baseUrl })
    expect(await dataOf(connect(address, { ...quick, json, fetch, resume }))).toEqual(
      responseEvents(0, 10),
    )
  })

  test('a clean end before the last event is a break', async () => {
    const { fetch } = fetchOf(
      whole(streamOf(responseEvents(0, 5))),
      whole(streamOf(responseEvents(5, 10))),
    )
    const resume = resumeResponse({ baseUrl })
    expect(await dataOf(connect(address, { ...quick, json, fetch, resume }))).toEqual(
      responseEvents(0, 10),
    )
  })

  test('a gap in the continuation rejects', async () => {
    const { fetch } = fetchOf(
      broken(streamOf(responseEvents(0, 3))),
      whole(streamOf(responseEvents(5, 10))),
    )
    const resume = resumeResponse({ baseUrl })
    await expect(dataOf(connect(address, { ...quick, json, fetch, resume }))).rejects.toMatchObject(
      {
        code: 'resume-mismatch',
      },
    )
  })

  test.each([400, 404])(
    '%i to the continuation rejects with how the answer broke off',
    async (status) => {
      const { fetch } = fetchOf(
        broken(streamOf(responseEvents(0, 3))),
        new Response('can no longer be streamed', { status }),
      )
      const resume = resumeResponse({ baseUrl })
      await expect(
        dataOf(connect(address, { ...quick, json, fetch, resume })),
      ).rejects.toMatchObject({
        code: 'resume-refused',
        status,
        excerpt: 'can no longer be streamed',
        cause: { code: 'lost' },
      })
    },
  )

  test('an answer that broke off before its first event is not sent again', async () => {
    const { fetch, sent } = fetchOf(broken(''))
    const resume = resumeResponse({ baseUrl })
    await expect(dataOf(connect(address, { ...quick, json, fetch, resume }))).rejects.toMatchObject(
      {
        code: 'lost',
      },
    )
    expect(sent.length).toBe(1)
  })

  test('a POST without an answer is not sent again', async () => {
    const { fetch, sent } = fetchOf(new TypeError('fetch failed'))
    const resume = resumeResponse({ baseUrl })
    await expect(dataOf(connect(address, { ...quick, json, fetch, resume }))).rejects.toMatchObject(
      {
        code: 'no-answer',
      },
    )
    expect(sent.length).toBe(1)
  })

  test('gives up after five continuations without an event', async () => {
    const { fetch, sent } = fetchOf(
      broken(streamOf(responseEvents(0, 3))),
      ...Array.from({ length: 9 }, () => new Response('busy', { status: 503 })),
    )
    const resume = resumeResponse({ baseUrl })
    await expect(dataOf(connect(address, { ...quick, json, fetch, resume }))).rejects.toMatchObject(
      {
        code: 'gave-up',
        status: 503,
      },
    )
    expect(sent.length).toBe(5)
  })

  test('one strategy serves two connections at once', async () => {
    const resume = resumeResponse({ baseUrl })
    const read = (): Promise<string[]> => {
      const { fetch } = fetchOf(
        broken(streamOf(responseEvents(0, 4))),
        whole(streamOf(responseEvents(4, 10))),
      )
      return dataOf(connect(address, { ...quick, json, fetch, resume }))
    }
    expect(await Promise.all([read(), read()])).toEqual([
      responseEvents(0, 10),
      responseEvents(0, 10),
    ])
  })
})

describe('resumeChat()', () => {
  const address = 'https://app.test/api/chat'
  const json = { id: 'chat 7' }
  const resume = resumeChat({ api: address, id: 'chat 7' })
  const parts = [
    '{"type":"start"}',
    '{"type":"text-delta","delta":"é"}',
    '{"type":"finish"}',
    '[DONE]',
  ]

  test('skips what the replay repeats, wherever the answer broke off', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\r\n]/g, ' '))),
        fc.array(fc.nat(), { maxLength: 3 }),
        async (texts, cuts) => {
          const all = [...texts.map((text) => JSON.stringify(text)), '[DONE]']
          const answers = cuts.map((cut) => broken(streamOf(all.slice(0, cut % all.length))))
          const { fetch } = fetchOf(
            broken(streamOf(all.slice(0, 1).slice(0, all.length - 1))),
            ...answers,
            whole(streamOf(all)),
          )
          const received = await dataOf(connect(address, { ...quick, json, fetch, resume }))
          expect(received).toEqual(all)
        },
      ),
    )
  })

  test('requests the stream of the chat', async () => {
    const { fetch, sent } = fetchOf(broken(streamOf(parts.slice(0, 2))), whole(streamOf(parts)))
    expect(await dataOf(connect(address, { ...quick, json, fetch, resume }))).toEqual(parts)
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://app.test/api/chat',
      'GET https://app.test/api/chat/chat%207/stream',
    ])
  })

  test('a replay that differs rejects', async () => {
    const { fetch } = fetchOf(
      broken(streamOf(['one', 'two'])),
      whole(streamOf(['one', 'other', 'three'])),
    )
    await expect(dataOf(connect(address, { ...quick, json, fetch, resume }))).rejects.toMatchObject(
      {
        code: 'resume-mismatch',
      },
    )
  })

  test('a replay whose lines are in other events rejects', async () => {
    const { fetch } = fetchOf(
      broken('data: a\ndata:\ndata: b\n\ndata: c\n\n'),
      whole('data: a\n\ndata: b\ndata:\ndata: c\n\ndata: [DONE]\n\n'),
    )
    await expect(dataOf(connect(address, { ...quick, json, fetch, resume }))).rejects.toMatchObject(
      { code: 'resume-mismatch' },
    )
  })

  test('204 means that nothing is running: the answer stays broken', async () => {
    const { fetch } = fetchOf(broken(streamOf(['one'])), new Response(null, { status: 204 }))
    await expect(dataOf(connect(address, { ...quick, json, fetch, resume }))).rejects.toMatchObject(
      {
        code: 'lost',
      },
    )
  })
})

describe('a resume function', () => {
  test('knows what was delivered, and is asked again when a continuation breaks off', async () => {
    const { fetch, sent } = fetchOf(
      broken('id: 1\ndata: a\n\n'),
      broken('id: 2\ndata: b\n\n'),
      whole('data: c\n\n'),
    )
    const contexts: unknown[] = []
    const connection = connect('https://app.test/', {
      ...quick,
      method: 'POST',
      fetch,
      resume: ({ lastEventId, last, count, error }) => {
        contexts.push([lastEventId, last?.data, count, error.code])
        return `https://app.test/rest?after=${lastEventId}`
      },
    })
    expect(await dataOf(connection)).toEqual(['a', 'b', 'c'])
    expect(contexts).toEqual([
      ['1', 'a', 1, 'lost'],
      ['2', 'b', 2, 'lost'],
    ])
    expect(sent.map(({ url }) => url)).toEqual([
      'https://app.test/',
      'https://app.test/rest?after=1',
      'https://app.test/rest?after=2',
    ])
  })

  test('that returns nothing leaves the answer broken', async () => {
    const { fetch, sent } = fetchOf(broken('data: a\n\n'))
    const connection = connect('https://app.test/', {
      method: 'POST',
      fetch,
      resume: () => undefined,
    })
    await expect(dataOf(connection)).rejects.toMatchObject({ code: 'lost' })
    expect(sent.length).toBe(1)
  })

  test('that throws ends the connection with its error', async () => {
    const { fetch } = fetchOf(broken('data: a\n\n'))
    const own = new Error('own')
    const connection = connect('https://app.test/', {
      method: 'POST',
      fetch,
      resume: () => {
        throw own
      },
    })
    await expect(dataOf(connection)).rejects.toBe(own)
  })
})
