import { describe, expect, test } from 'vitest'
import { accumulate, readChunks } from '@tesserae/openai'
import * as responses from '@tesserae/openai/responses'

// How `@tesserae/encoder` and `@tesserae/resume` end a stream that failed or was stopped.

const piece = { choices: [{ index: 0, delta: { content: 'Hel' } }] }
const item = { type: 'message', id: 'msg_1', role: 'assistant', content: [] }
const added = { type: 'response.output_item.added', output_index: 0, item }
const said = 'The server could not continue this stream.'

type Row = [event: string, data: object, error: object, message: string, isRetryable: boolean]
const endings: Row[] = [
  [
    'stream-error',
    { message: said },
    { type: 'stream-error', code: undefined, message: said },
    `The server sent an error (stream-error): ${said}`,
    true,
  ],
  [
    'failed',
    { reason: 'error' },
    { type: 'failed', code: 'error', message: 'The stream failed on the server.' },
    'The server sent an error (failed, error): The stream failed on the server.',
    true,
  ],
  [
    'failed',
    { reason: 'too-large', message: 'The log is full.' },
    { type: 'failed', code: 'too-large', message: 'The log is full.' },
    'The server sent an error (failed, too-large): The log is full.',
    false,
  ],
  [
    'stopped',
    { reason: 'stopped' },
    { type: 'stopped', code: 'stopped', message: 'The stream was stopped.' },
    'The server sent an error (stopped): The stream was stopped.',
    false,
  ],
]

const streamOf = (first: object, event: string, data: object): Response =>
  new Response(
    `data: ${JSON.stringify(first)}\n\nretry: 3000\n\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    { headers: { 'content-type': 'text/event-stream' } },
  )

describe.each(endings)('an event named %s with %j', (event, data, error, message, isRetryable) => {
  const expected = { code: 'server-error', error, message, isRetryable }

  test('is an error of the server in bytes', async () => {
    await expect(accumulate(streamOf(piece, event, data))).rejects.toMatchObject({
      ...expected,
      partial: { choices: [{ message: { content: 'Hel' } }] },
      verdict: { reason: 'error', notes: [] },
    })
  })

  test('is an error of the server in events of a client', async () => {
    const events = [{ data: JSON.stringify(piece) }, { event, data: JSON.stringify(data) }]
    await expect(accumulate(events)).rejects.toMatchObject(expected)
    await expect(accumulate(events.slice(1))).rejects.toMatchObject(expected)
  })

  test('ends the chunks', async () => {
    const chunks = readChunks(streamOf(piece, event, data))
    expect(await chunks.next()).toEqual({ done: false, value: piece })
    await expect(chunks.next()).rejects.toMatchObject(expected)
  })

  test('is an error of a stream of the Responses API', async () => {
    await expect(responses.accumulate(streamOf(added, event, data))).rejects.toMatchObject({
      ...expected,
      partial: { output: [item] },
      verdict: { reason: 'error', notes: [] },
    })
  })
})

test('events with these names and other data are left out', async () => {
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  const events = [
    { data: JSON.stringify(piece) },
    { event: 'stopped', data: '{"after":3}' },
    { event: 'failed', data: '"no"' },
    { data: JSON.stringify(end) },
  ]
  const { verdict } = await accumulate(events, { incomplete: 'return' })
  expect(verdict).toMatchObject({ complete: true })
})
