import { listRecordings, listSeeds, loadRecording, loadSeed } from '@tesserae/testkit/recordings'
import { bodyOf, type Transcript } from '@tesserae/testkit/transcript'
import { describe, expect, it, test } from 'vitest'
import { cutEnds } from '../page/stream/cuts.ts'
import { type Protocol, ProtocolDetector, protocolOf } from '../page/stream/protocol.ts'
import { Recording } from '../page/stream/recording.ts'
import { standingOf } from '../page/stream/standing.ts'

const settings = {
  status: 200,
  contentType: 'text/event-stream',
  headers: [],
  headAt: 0,
  timing: 'live',
} as const

async function read(bytes: Uint8Array): Promise<Recording> {
  const recording = new Recording(settings)
  let from = 0
  for (const end of cutEnds(bytes, 'random')) {
    recording.push(bytes.subarray(from, end), from)
    from = end
  }
  await recording.end({ at: bytes.length, how: 'closed' })
  return recording
}

describe('one event', () => {
  it('that holds a document on each line is known by the first', () => {
    const chunk = JSON.stringify({ choices: [{ index: 0, delta: { content: 'A' } }] })
    expect(protocolOf({ data: `${chunk}\n${chunk}\n[DONE]` })).toBe('chat')
    expect(protocolOf({ data: 'words\nof a text' })).toBeUndefined()
  })

  it.each<[data: unknown, protocol: Protocol | undefined, event?: string]>([
    [{ choices: [{ index: 0, delta: {} }] }, 'chat'],
    [{ choices: [], usage: {} }, 'chat'],
    [{ object: 'text_completion', choices: [] }, 'legacy'],
    [{ choices: [{ index: 0, text: 'a' }] }, 'legacy'],
    [{ type: 'response.created', response: {} }, 'responses'],
    [{ response: {} }, 'responses', 'response.created'],
    [{ type: 'message_start', message: {} }, 'anthropic'],
    [{ type: 'ping' }, undefined, 'ping'],
    [{ candidates: [] }, 'gemini'],
    [{ output: 'The' }, 'crucible'],
    [{ anything: 1 }, 'crucible', 'reasoning_trace'],
    [{ error: { message: 'no' } }, 'chat'],
    [{ error: { code: 429, message: 'no', status: 'RESOURCE_EXHAUSTED' } }, 'gemini'],
    [{ type: 'error', error: { type: 'overloaded_error' } }, 'anthropic'],
    [{ type: 'error', code: 'server_error', message: 'no' }, 'responses'],
    [{ a: 1 }, undefined],
  ])('%j is %s', (data, protocol, event) => {
    expect(protocolOf({ data: JSON.stringify(data), event })).toBe(protocol)
  })

  it.each([
    ['[DONE]', 'chat'],
    ['{', undefined],
    ['[1]', undefined],
    ['null', undefined],
    ['', undefined],
  ])('%j is %s', (data, protocol) => {
    expect(protocolOf({ data })).toBe(protocol)
  })
})

describe('a stream', () => {
  it('is plain events after four that fit nothing, and pings do not count', () => {
    const detector = new ProtocolDetector()
    for (let ping = 0; ping < 20; ping++)
      expect(detector.push({ event: 'ping', data: '{}' })).toBeUndefined()
    for (let event = 0; event < 3; event++) expect(detector.push({ data: 'tick' })).toBeUndefined()
    expect(detector.push({ data: 'tick' })).toBe('events')
    expect(detector.push({ data: '[DONE]' })).toBe('events')
  })

  it('that ends before anything decided is plain events', () => {
    expect(new ProtocolDetector().end()).toBe('events')
  })
})

const KINDS: Readonly<Record<string, Protocol>> = {
  chat: 'chat',
  completion: 'legacy',
  responses: 'responses',
  messages: 'anthropic',
  gemini: 'gemini',
  events: 'events',
  'llama-completion': 'events',
}

function streamed(): [string, Transcript][] {
  return listRecordings()
    .map((id): [string, Transcript] => [id, loadRecording(id)])
    .filter(([, { meaning }]) => meaning?.streamed === true && meaning.kind in KINDS)
}

test('chunks without blank lines, to the end without one, are a message', async () => {
  const say = (choice: object): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n`
  const text = `${say({ delta: { content: 'A' } })}${say({ delta: { content: 'B' }, finish_reason: 'stop' })}data: [DONE]`
  const recording = await read(new TextEncoder().encode(text))
  expect(recording.protocol).toBe('chat')
  expect(recording.message.parts.map((part) => part.text)).toEqual(['AB'])
  expect(recording.message.outcome?.verdict?.complete).toBe(true)
  expect(standingOf(recording, recording.message.outcome!, false).title).toBe('Complete')
})

describe('every recording', () => {
  test.each(streamed())(
    '%s is detected, and is not reported as a failure if it is whole',
    async (_, transcript) => {
      const { meaning, response } = transcript
      const recording = await read(bodyOf(transcript))
      expect(recording.protocol).toBe(KINDS[meaning?.kind ?? ''])
      const outcome = recording.message.outcome!
      const { tone, title } = standingOf(recording, outcome, false)
      const isWhole = response.end.how === 'complete' && !meaning?.error && !meaning?.pending
      if (isWhole && (meaning?.ended !== 'unfinished' || recording.protocol === 'events'))
        expect([tone, title]).toEqual(['good', expect.stringMatching(/^(Complete|Read)/)])
      // The text is what the testkit reads, in every protocol that has one.
      if (recording.protocol === 'events') return
      const text = (meaning?.choices ?? []).map(({ content }) => content ?? '').join('')
      const read_ = recording.message.parts.filter(({ type }) => type === 'content')
      expect(
        read_
          .toSorted((one, other) => one.choice - other.choice)
          .map((part) => part.text)
          .join(''),
      ).toBe(text)
      const calls = (meaning?.choices ?? []).flatMap(({ tool_calls: calls = [] }) => calls)
      const found = recording.message.parts.filter(({ type }) => type === 'tool-call')
      expect(found.map(({ name }) => name)).toEqual(calls.map(({ name }) => name))
    },
  )
})

test.each(listSeeds().filter((name) => name.startsWith('crucible')))(
  'the printed stream %s is Crucible',
  async (name) => {
    const recording = await read(bodyOf(loadSeed(name)))
    expect(recording.protocol).toBe('crucible')
  },
)

test('a position of an Anthropic stream is judged as if the stream ended there', async () => {
  const recording = await read(bodyOf(loadRecording('aimock/anthropic-hello')))
  const { tape, message } = recording
  const whole = await recording.judgeAt(tape.steps)
  expect(whole).toBe(message.outcome)
  const half = await recording.judgeAt(Math.floor(tape.steps / 2))
  expect(half.verdict).toMatchObject({ complete: false, reason: 'no-end' })
})

test('an event that is not JSON in a known protocol is reported, with its data', async () => {
  const bytes = new TextEncoder().encode(
    'data: {"type":"message_start","message":{}}\n\ndata: nonsense\n\n',
  )
  const { message } = await read(bytes)
  expect(message.outcome?.failure).toMatchObject({ code: 'bad-json', data: 'nonsense' })
})

test.each([
  ['cut', 'data: {"choices":[{"index":0,"delta":{"content":"A"}}]}\n\n'],
  ['not JSON', 'data: {"choices":[]}\n\ndata: nonsense\n\n'],
  ['cut, of the Responses API', 'data: {"type":"response.created","response":{"id":"a"}}\n\n'],
])('the reasons of a stream that is %s address a reader, and no code', async (_, text) => {
  const recording = await read(new TextEncoder().encode(text))
  const { tone, reasons } = standingOf(recording, recording.message.outcome!, false)
  expect(tone).toBe('bad')
  const sentences = reasons.map(({ sentence }) => sentence).join(' ')
  expect(sentences).toMatch(/\w\.$/)
  expect(sentences).not.toMatch(/`|pass \{|error\./)
})
