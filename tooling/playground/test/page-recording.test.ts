import { accumulate } from '@tesserae/openai'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { referenceParse } from '@tesserae/testkit'
import { loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf } from '@tesserae/testkit/transcript'
import { describe, expect, it } from 'vitest'
import { type Cuts, cutEnds } from '../page/stream/cuts.ts'
import { lengthAt, stretchAt } from '../page/stream/message-log.ts'
import { Recording, type RecordingSettings } from '../page/stream/recording.ts'
import { standingOf } from '../page/stream/standing.ts'
import { addedBy, effectOf } from '../page/state/moment.ts'

const encoder = new TextEncoder()
const settings: RecordingSettings = {
  status: 200,
  contentType: 'text/event-stream',
  headers: [],
  headAt: 1,
  timing: 'live',
}

async function play(
  bytes: Uint8Array,
  cuts: Cuts = 'event',
  more: Partial<RecordingSettings> = {},
): Promise<Recording> {
  const recording = new Recording({ ...settings, ...more })
  let from = 0
  for (const end of cutEnds(bytes, cuts)) {
    recording.push(bytes.subarray(from, end), 10 * (recording.tape.chunks.length + 1))
    from = end
  }
  await recording.end({ at: 10 * (recording.tape.chunks.length + 1), how: 'closed' })
  return recording
}

function entriesOf({ events, tape }: Recording): unknown[] {
  return events.entries.map(({ kind, start, end, event, text }) => ({
    kind,
    bytes: new TextDecoder('utf-8', { ignoreBOM: true }).decode(tape.slice(start, end)),
    ...(event && { data: event.data, name: event.event }),
    ...(text !== undefined && { text }),
  }))
}

const ODD = [
  '\uFEFF: begins\r\n',
  'id: 7\r\nevent: a\r\ndata: one\r\n: within\r\ndata: two\r\n\r\n',
  'retry: 250\n',
  'id: 8\n\n',
  'error: {"message":"no"}\n\n',
  'data: é東\r\r',
  'data: cut',
].join('')

describe('what the parser finds', () => {
  it('has its place in the stream', async () => {
    expect(entriesOf(await play(encoder.encode(ODD), 'whole'))).toEqual([
      { kind: 'comment', bytes: '\uFEFF: begins\r\n', text: ' begins' },
      { kind: 'comment', bytes: ': within\r\n', text: ' within' },
      {
        kind: 'event',
        bytes: 'id: 7\r\nevent: a\r\ndata: one\r\n: within\r\ndata: two\r\n\r\n',
        data: 'one\ntwo',
        name: 'a',
      },
      { kind: 'retry', bytes: 'retry: 250\n', text: '250 ms' },
      { kind: 'empty', bytes: 'id: 8\n\n' },
      { kind: 'unknown', bytes: 'error: {"message":"no"}\n', text: 'error: {"message":"no"}' },
      { kind: 'event', bytes: 'data: é東\r\r', data: 'é東', name: undefined },
      { kind: 'cut', bytes: 'data: cut' },
    ])
  })

  it.each(['event', 'line', 'byte', 'random'] as const)('is the same cut %s', async (cuts) => {
    const bytes = encoder.encode(ODD)
    expect(entriesOf(await play(bytes, cuts))).toEqual(entriesOf(await play(bytes, 'whole')))
  })

  it('are the events of the reference', async () => {
    const bytes = bodyOf(loadRecording('llama-server/unicode'))
    const { events } = await play(bytes, 'random')
    const found = events.entries.flatMap(({ event }) => (event ? [event.data] : []))
    expect(found).toEqual(referenceParse(bytes).events.map(({ data }) => data))
    expect(found.length).toBeGreaterThan(10)
  })

  it('can be found by any of its bytes', async () => {
    const { events, tape } = await play(encoder.encode(ODD), 'byte')
    for (let offset = 0; offset < tape.length; offset++) {
      const holding = events.entries.filter(({ start, end }) => start <= offset && offset < end)
      const innermost = holding.toSorted(
        (one, other) => one.end - one.start - (other.end - other.start),
      )
      expect(events.at(offset)).toBe(innermost[0])
    }
  })

  it('ends at a limit in the middle of a line too', async () => {
    const bytes = encoder.encode(`data: {"choices":[]}\n\ndata: ${'x'.repeat(300)}`)
    for (const cuts of ['whole', 'byte'] as const) {
      const { events } = await play(bytes, cuts, { maxEventBytes: 256 })
      expect(events.failure?.error.code).toBe('event-too-large')
      expect(events.entries).toHaveLength(1)
    }
  })

  it('ends at a limit, and what was before it stays', async () => {
    const bytes = encoder.encode(`data: {"choices":[]}\n\ndata: ${'x'.repeat(300)}\n\ndata: {}\n\n`)
    const recording = await play(bytes, 'event', { maxEventBytes: 256 })
    expect(recording.events.failure?.error.code).toBe('event-too-large')
    expect(recording.events.entries).toHaveLength(1)
    const { outcome } = recording.message
    expect(outcome?.failure?.cause).toMatchObject({ code: 'event-too-large' })
    expect(standingOf(recording, outcome!, false)).toMatchObject({
      tone: 'bad',
      reasons: [{ code: 'event-too-large' }],
    })
  })
})

const SPOKEN = ['llama-server/tools-parallel', 'llama-server/reasoning', 'llama-server/plain-usage']

describe.each(SPOKEN)('the message of %s', (name) => {
  const bytes = bodyOf(loadRecording(name))

  it.each(['event', 'random', 'whole'] as const)(
    'is what accumulate makes of it, cut %s',
    async (cuts) => {
      const { message } = await play(bytes, cuts)
      const expected = await accumulate(new Response(bytes as Uint8Array<ArrayBuffer>))
      expect(message.outcome?.message).toEqual(expected)
      const [choice] = expected.choices
      const textOf = (type: string): string[] =>
        message.parts.filter((part) => part.type === type).map(({ text }) => text)
      expect(textOf('content').join('')).toBe(choice?.message.content ?? '')
      expect(textOf('reasoning').join('')).toBe(choice?.message.reasoning_content ?? '')
      expect(textOf('tool-call')).toEqual(
        (choice?.message.tool_calls ?? []).map((call) =>
          'function' in call ? call.function.arguments : '',
        ),
      )
    },
  )

  it('is at each position what it was when the stream had come so far', async () => {
    const whole = await play(bytes, 'random')
    const seen = (recording: Recording, position: number): unknown => {
      const offset = recording.tape.offsetAt(position)
      return {
        events: recording.events.countAt(offset, false),
        tones: recording.events.entries
          .slice(0, recording.events.countAt(offset, false))
          .map((entry) => [effectOf(recording, entry).tone, addedBy(recording, entry)]),
        parts: recording.message.parts
          .filter(({ known }) => known <= offset)
          .map((part) => [part.key, part.text.slice(0, lengthAt(part, offset))]),
      }
    }
    const growing = new Recording(settings)
    for (const [index, { bytes, at }] of whole.tape.chunks.entries()) {
      growing.push(bytes, at)
      // The accumulator reads a stream, and is done with what has come when the turn is over.
      await new Promise((resolve) => setTimeout(resolve))
      expect(seen(growing, index + 1)).toEqual(seen(whole, index + 1))
    }
  })

  it('is at each position what it would be if the stream ended there', async () => {
    const recording = await play(bytes, 'event')
    for (let position = 0; position < recording.tape.steps; position += 7) {
      const outcome = await recording.judgeAt(position)
      const judged = outcome.message as ChatCompletion | undefined
      const offset = recording.tape.offsetAt(position)
      const parts = recording.message.parts.filter(({ known }) => known <= offset)
      const content = parts.find(({ type }) => type === 'content')
      expect(judged?.choices[0]?.message.content ?? '').toBe(
        content ? content.text.slice(0, lengthAt(content, offset)) : '',
      )
    }
  })

  it('knows which event each piece came with', async () => {
    const { message, events } = await play(bytes, 'random')
    for (const part of message.parts)
      for (const { known } of part.pieces) {
        const stretch = stretchAt(part, known)!
        const entry = events.knownAt(known)
        const piece = JSON.stringify(part.text.slice(stretch.from, stretch.to)).slice(1, -1)
        // Arguments are text within text, so their quotes are escaped as well.
        expect(JSON.stringify(JSON.parse(entry?.event?.data ?? ''))).toContain(piece)
      }
  })
})

describe('how it stands', () => {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const said = chunk({ content: 'Hel' })

  async function standing(
    body: string,
    more: Partial<RecordingSettings> = {},
    end: 'closed' | 'failed' | 'stopped' = 'closed',
    error: unknown = undefined,
  ): Promise<{ title: string; codes: readonly string[]; content: unknown; tone: string }> {
    const recording = new Recording({ ...settings, ...more })
    recording.push(encoder.encode(body), 1)
    await recording.end({ at: 2, how: end, error })
    const outcome = recording.message.outcome!
    const { title, reasons, tone } = standingOf(recording, outcome, true)
    const codes = reasons.flatMap(({ code }) => code ?? [])
    const content = (outcome.message as ChatCompletion | undefined)?.choices[0]?.message.content
    return { title, codes, tone, content }
  }

  it.each([
    [
      'whole',
      said + chunk({}, 'stop'),
      {},
      'closed',
      { tone: 'good', title: 'Complete', codes: [], content: 'Hel' },
    ],
    [
      'cut by length',
      said + chunk({}, 'length'),
      {},
      'closed',
      { tone: 'good', title: 'Complete, ended early: length', content: 'Hel' },
    ],
    ['cut', said, {}, 'closed', { tone: 'bad', codes: ['incomplete'], content: 'Hel' }],
    ['stopped', said, {}, 'stopped', { tone: 'idle', title: 'Stopped', codes: [], content: 'Hel' }],
    [
      'lost',
      said,
      {},
      'failed',
      { title: 'The connection broke', codes: ['interrupted'], content: 'Hel' },
    ],
    [
      'an error in it',
      `${said}data: {"error":{"message":"full","code":"busy"}}\n\n`,
      {},
      'closed',
      { title: 'The server sent an error', codes: ['busy'], content: 'Hel' },
    ],
    [
      'HTML',
      '<!doctype html><p>Hello',
      { contentType: 'text/html' },
      'closed',
      {
        title: 'Not a stream of events',
        codes: ['bad-content-type'],
        content: undefined,
      },
    ],
    [
      'a status',
      '{"error":{"message":"busy","code":"overloaded"}}',
      { status: 503, contentType: 'application/json' },
      'closed',
      { title: 'Refused with status 503', codes: ['bad-status', 'overloaded'] },
    ],
    [
      'no JSON',
      `${said}data: nonsense\n\n`,
      {},
      'closed',
      { title: 'An event is not valid JSON', codes: ['bad-json'], content: 'Hel' },
    ],
  ] as const)('%s', async (_, body, more, end, expected) => {
    expect(await standing(body, more, end, new TypeError('network error'))).toMatchObject(expected)
  })

  it('stops a document that does not end', async () => {
    expect(await standing('<html>', { contentType: 'text/html' }, 'stopped')).toMatchObject({
      title: 'Stopped',
    })
  })
})
