import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accumulate,
  createAccumulator,
  type ModelStreamError,
  readDeltas,
  type ResponseDelta,
  split,
  toEvents,
} from '@tesserae/openai/responses'
import { type JsonObject, RESPONSE_QUIRKS, responseStream } from '@tesserae/testkit/responses'

type Wire = Record<string, unknown>

/** Of properties that take long for each run: a part of `FC_RUNS`. */
const RUNS = fc.readConfigureGlobal().numRuns ?? 100

const run = (events: readonly unknown[], onDelta?: (delta: ResponseDelta) => void) => {
  const accumulator = createAccumulator<Wire>({ onDelta })
  for (const event of events) accumulator.push(event)
  return accumulator.finish()
}

describe('the response is what the server returns without streaming', () => {
  test('from events as OpenAI sends them', () => {
    fc.assert(
      fc.property(responseStream(), ({ events, response }) => {
        expect(run(events).response).toEqual(response)
      }),
    )
  })

  test('from the items alone, if the terminal event has no output', () => {
    fc.assert(
      fc.property(responseStream({ repeatsOutput: false }), ({ events, response }) => {
        expect(run(events).response).toEqual(response)
      }),
    )
  })

  test.each(RESPONSE_QUIRKS)('from the items alone, with the quirk %s', (quirk) => {
    fc.assert(
      fc.property(
        responseStream({ quirks: [quirk], repeatsOutput: false }),
        ({ events, response }) => {
          expect(run(events).response).toEqual(response)
        },
      ),
      { numRuns: RUNS / 2 },
    )
  })

  test('from the items alone, with any four quirks', () => {
    fc.assert(
      fc.property(
        responseStream({ quirks: 'all', repeatsOutput: false }),
        ({ events, response }) => {
          expect(run(events).response).toEqual(response)
        },
      ),
    )
  })

  test('the verdict follows the status', () => {
    fc.assert(
      fc.property(responseStream({ quirks: 'all' }), ({ events, response }) => {
        const { verdict } = run(events)
        expect(verdict.complete).toBe(response['status'] !== 'failed')
        expect(verdict.status).toBe(response['status'])
      }),
    )
  })
})

describe('prefixes', () => {
  test('every prefix gives a snapshot that no later event changes', () => {
    fc.assert(
      fc.property(responseStream({ quirks: 'all' }), ({ events }) => {
        const accumulator = createAccumulator<Wire>()
        const taken = events.map((event, at) => {
          accumulator.push(event)
          const snapshot = accumulator.snapshot()
          return { at, snapshot, text: JSON.stringify(snapshot) }
        })
        for (const { at, snapshot, text } of taken) {
          expect(JSON.stringify(snapshot)).toBe(text)
          expect(JSON.stringify(run(events.slice(0, at + 1)).response)).toBe(text)
        }
      }),
    )
  })

  test('every proper prefix is incomplete, and its texts are beginnings of the final texts', () => {
    fc.assert(
      fc.property(responseStream(), ({ events, response }) => {
        for (let length = 0; length < events.length; length++) {
          const { response: part, verdict } = run(events.slice(0, length))
          expect(verdict.complete).toBe(false)
          for (const [at, text] of textsOf(part).entries())
            expect(textsOf(response)[at]?.startsWith(text)).toBe(true)
        }
      }),
      { numRuns: RUNS / 2 },
    )
  })

  test('events are not changed, and a snapshot shares nothing with them', () => {
    fc.assert(
      fc.property(responseStream({ quirks: 'all' }), ({ events }) => {
        const before = JSON.stringify(events)
        const accumulator = createAccumulator<Wire>()
        for (const event of events) {
          accumulator.push(event)
          spoil(accumulator.snapshot())
        }
        expect(JSON.stringify(events)).toBe(before)
        expect(accumulator.finish().response).toEqual(run(JSON.parse(before)).response)
      }),
      { numRuns: RUNS / 2 },
    )
  })
})

describe('deltas', () => {
  test('the pieces of each text join to the text of the response', () => {
    fc.assert(
      fc.property(responseStream({ quirks: 'all' }), ({ events, response }) => {
        const deltas: ResponseDelta[] = []
        run(events, (delta) => deltas.push(delta))
        expect(toldTexts(deltas)).toEqual(wholeTexts(response))
      }),
    )
  })

  test('every call begins once and ends once', () => {
    fc.assert(
      fc.property(responseStream({ quirks: 'all' }), fc.nat(40), ({ events }, length) => {
        const deltas: ResponseDelta[] = []
        run(events.slice(0, length), (delta) => deltas.push(delta))
        const items = (type: string) =>
          deltas.flatMap((delta) => (delta.type === type && 'item' in delta ? [delta.item] : []))
        expect(items('tool-call-end').toSorted()).toEqual(items('tool-call-begin').toSorted())
        expect(new Set(items('tool-call-begin')).size).toBe(items('tool-call-begin').length)
      }),
    )
  })

  test('reading deltas and not reading them gives one response', async () => {
    await fc.assert(
      fc.asyncProperty(responseStream({ quirks: 'all' }), async ({ events }) => {
        const reading = readDeltas(events, { incomplete: 'return' })
        let step = await reading.next()
        while (!step.done) step = await reading.next()
        expect(step.value.response).toEqual(run(events).response)
      }),
      { numRuns: RUNS / 2 },
    )
  })
})

describe('bytes', () => {
  const bytesOf = (events: readonly JsonObject[]): Uint8Array =>
    new TextEncoder().encode(
      [...toEvents(events)].map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`).join(''),
    )

  test('any cutting of the bytes gives the same response', async () => {
    await fc.assert(
      fc.asyncProperty(
        responseStream({ quirks: 'all' }),
        fc.array(fc.nat(), { maxLength: 20 }),
        async ({ events }, at) => {
          const bytes = bytesOf(events)
          const cuts = [0, ...at.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
            (a, b) => a - b,
          )
          const chunks = cuts.slice(1).map((end, index) => bytes.slice(cuts[index], end))
          const whole = run(events)
          const result = await accumulate(chunks, { incomplete: 'return' })
          expect(result.response).toEqual(whole.response)
          expect(result.verdict).toEqual(whole.verdict)
        },
      ),
      { numRuns: RUNS / 2 },
    )
  })

  test('a stream that is cut at any byte rejects with a part of the response', async () => {
    await fc.assert(
      fc.asyncProperty(responseStream(), fc.nat(), async ({ events, response }, cut) => {
        const bytes = bytesOf(events)
        const length = cut % (bytes.length - 1)
        const result = await accumulate([bytes.slice(0, length)]).then(
          (whole) => ({ whole }),
          (error: ModelStreamError) => ({ error }),
        )
        if ('whole' in result) expect(result.whole).toEqual(response)
        else expect(result.error.partial?.output).toBeDefined()
      }),
    )
  })
})

describe('the way back', () => {
  test('accumulate(split(r)) is r, also from the items alone', () => {
    fc.assert(
      fc.property(
        responseStream(),
        fc.constantFrom('word' as const, 'whole' as const, 1, 3),
        ({ response }, granularity) => {
          const events = [...split(response as never, { granularity })]
          expect(run(events).response).toEqual(response)
          const last = events.at(-1) as unknown as { response: Wire }
          const emptied = { ...last, response: { ...last.response, output: [] } }
          expect(run([...events.slice(0, -1), emptied]).response).toEqual(response)
          expect(events.map((event) => event.sequence_number)).toEqual([...events.keys()])
        },
      ),
    )
  })

  test('a response that has not ended comes back as it is, with the verdict `no-end`', () => {
    fc.assert(
      fc.property(responseStream(), ({ response }) => {
        const open = { ...response, status: 'in_progress' }
        const { response: again, verdict } = run([...split(open as never)])
        expect(again).toEqual(open)
        expect(verdict.reason).toBe(response['error'] ? 'error' : 'no-end')
      }),
    )
  })
})

function textsOf(response: Wire): string[] {
  return (response['output'] as Wire[]).flatMap((item) =>
    ((item['content'] ?? []) as Wire[]).map((part) => String(part['text'] ?? part['refusal'])),
  )
}

function toldTexts(deltas: readonly ResponseDelta[]): Map<string, string> {
  const texts = new Map<string, string>()
  for (const delta of deltas) {
    if (!('delta' in delta) || !('item' in delta)) continue
    const part = 'part' in delta ? delta.part : ''
    const summary = 'summary' in delta ? delta.summary : ''
    const key = `${delta.item} ${part} ${summary}`
    texts.set(key, (texts.get(key) ?? '') + delta.delta)
  }
  return texts
}

/** Every text of a response, by the place that deltas name. */
function wholeTexts(response: Wire): Map<string, string> {
  const texts: [string, string][] = []
  for (const [at, item] of (response['output'] as Wire[]).entries()) {
    for (const [part, { text }] of ((item['summary'] ?? []) as Wire[]).entries())
      texts.push([`${at} ${part} true`, String(text)])
    for (const [part, { type, text, refusal }] of ((item['content'] ?? []) as Wire[]).entries())
      texts.push([
        `${at} ${part} ${type === 'reasoning_text' ? 'false' : ''}`,
        String(text ?? refusal),
      ])
    const field = item['arguments'] ?? item['input'] ?? item['code']
    if (typeof field === 'string') texts.push([`${at}  `, field])
  }
  return new Map(texts.filter(([, text]) => text !== ''))
}

/** Overwrites everything in a value. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    spoil((value as Wire)[key])
    ;(value as Wire)[key] = 'spoilt'
  }
}
