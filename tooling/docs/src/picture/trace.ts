import { createAccumulator, readDeltas } from '@tesserae/openai'
import { createParser } from '@tesserae/parser'
import { everyCut, seededCuts } from '@tesserae/testkit'
import { loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf } from '@tesserae/testkit/transcript'

/** A stretch of the stream's bytes, its end not included. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Something that an event added to the message. */
export interface Part {
  readonly kind: 'text' | 'call'
  readonly text: string
  readonly event: number
}

export interface TracedEvent extends Stretch {
  /** What it brought, in a word. */
  readonly kind: 'role' | 'text' | 'tool call' | 'end'
  readonly text: string
  /** Where in the bytes that stands. */
  readonly marks: readonly Stretch[]
  /** The piece with which the parser had all of it. */
  readonly piece: number
}

/** One recorded stream on its way through the packages. */
export interface Trace {
  readonly recording: string
  readonly bytes: Uint8Array
  readonly pieces: readonly Stretch[]
  readonly events: readonly TracedEvent[]
  readonly parts: readonly Part[]
  readonly finishReason: string
  readonly tokens: number
  /** In how many ways of cutting it in two the same message came out: all of them, or there is no trace. */
  readonly cutsTried: number
}

/** Text, then a call of a tool: short enough for every byte to be shown. */
const recording = 'transformers-serve-tools/text-then-tool'

export async function traceOf(name: string = recording): Promise<Trace> {
  const bytes = bodyOf(loadRecording(name))
  const chunks = chunksOf(bytes)
  const parser = createParser()
  const accumulator = createAccumulator()
  const pieces: Stretch[] = []
  const complete: { data: string; piece: number }[] = []
  for (const [piece, chunk] of chunks.entries()) {
    const from = pieces.at(-1)?.to ?? 0
    pieces.push({ from, to: from + chunk.length })
    parser.feed(chunk)
    for (const event of parser) {
      complete.push({ data: event.data, piece })
      accumulator.push(event.json())
    }
  }
  const { message, verdict } = accumulator.finish()
  const [choice] = message.choices
  if (!verdict.complete || choice === undefined) throw new Error(`${name} is not a whole message.`)
  const { events, parts } = await eventsOf(bytes, complete)
  return {
    recording: name,
    bytes,
    pieces,
    events,
    parts,
    finishReason: choice.finish_reason,
    tokens: message.usage?.total_tokens ?? 0,
    cutsTried: countCuts(bytes, JSON.stringify(message)),
  }
}

/** Cut irregularly, in not too many pieces, and once in the middle of a word of the answer. */
function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const look = new TextDecoder().decode(bytes).indexOf('look"') + 2
  for (const { chunks } of seededCuts(bytes, 1, 100_000)) {
    const isCalm = chunks.every(({ length }) => length > 40 && length < 300)
    if (!isCalm || chunks.length < 11) continue
    let end = 0
    if (chunks.some(({ length }) => (end += length) === look)) return chunks
  }
  throw new Error('No cut goes through the word.')
}

async function eventsOf(
  bytes: Uint8Array,
  complete: readonly { data: string; piece: number }[],
): Promise<{ events: TracedEvent[]; parts: Part[] }> {
  const text = new TextDecoder('latin1').decode(bytes)
  const events: TracedEvent[] = []
  const parts: Part[] = []
  for (const [event, { data, piece }] of complete.entries()) {
    const from = events.at(-1)?.to ?? 0
    const start = text.indexOf(data, from)
    const to = text.indexOf('\n\n', start + data.length) + 2
    const said: string[] = []
    let kind: TracedEvent['kind'] = 'role'
    for await (const delta of readDeltas([{ data }], { incomplete: 'return' })) {
      if (delta.type === 'content') {
        kind = 'text'
        said.push(delta.delta)
        parts.push({ kind: 'text', text: delta.delta, event })
      } else if (delta.type === 'tool-call-begin') {
        kind = 'tool call'
        said.push(delta.name)
        parts.push({ kind: 'call', text: delta.name, event })
      } else if (delta.type === 'tool-call-arguments') {
        said.push(delta.delta)
        parts.push({ kind: 'call', text: `(${delta.delta})`, event })
      } else if (delta.type === 'finish') {
        kind = 'end'
        said.push(delta.reason)
      }
    }
    if (kind === 'role') said.push('assistant')
    const marks = said.map((each) => {
      const written = JSON.stringify(each)
      const at = text.indexOf(written, start)
      if (at < 0 || at >= to) throw new Error(`${written} is not in the event that says it.`)
      return { from: at + 1, to: at + written.length - 1 }
    })
    events.push({ from, to, kind, text: said.join(' '), marks, piece })
  }
  return { events, parts }
}

function countCuts(bytes: Uint8Array, expected: string): number {
  let tried = 0
  for (const { name, chunks } of everyCut(bytes)) {
    const parser = createParser()
    const accumulator = createAccumulator()
    for (const chunk of chunks) {
      parser.feed(chunk)
      for (const event of parser) accumulator.push(event.json())
    }
    if (JSON.stringify(accumulator.finish().message) !== expected)
      throw new Error(`Another message comes out of the stream ${name}.`)
    tried++
  }
  return tried
}
