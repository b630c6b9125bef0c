import { readdirSync, readFileSync } from 'node:fs'
import { referenceParse } from '@tesserae/testkit'
import { listRecordings, listSeeds, loadRecording, loadSeed } from '@tesserae/testkit/recordings'
import {
  bodyOf,
  headOf,
  meaningOf,
  piecesOf,
  readTranscript,
  wireOf,
  writeTranscript,
  type Meaning,
  type MeaningChoice,
  type Transcript,
} from '@tesserae/testkit/transcript'
import { describe, expect, it } from 'vitest'
import { HttpResponseReader } from '../src/recorder/http.ts'

const data = new URL('../data/', import.meta.url)
const recordings = listRecordings()
const seeds = listSeeds()
const all: [name: string, transcript: Transcript][] = [
  ...recordings.map((name): [string, Transcript] => [name, loadRecording(name)]),
  ...seeds.map((name): [string, Transcript] => [`seeds/${name}`, loadSeed(name)]),
]

// oxlint-disable-next-line typescript/no-explicit-any -- what it holds is what is tested
type Json = any

/** The data of each event that the standard dispatches, parsed, without the closing [DONE]. */
function chunksOf(transcript: Transcript): Json[] {
  const { events } = referenceParse(bodyOf(transcript))
  return events
    .map((event) => event.data)
    .filter((text) => text !== '[DONE]')
    .map((text) => JSON.parse(text))
}

const lastOf = (values: Json[]): Json =>
  values.findLast((value) => value !== undefined && value !== null)
const together = (values: Json[]): string =>
  values.filter((value) => typeof value === 'string').join('')
const textOf = (transcript: Transcript): string => new TextDecoder().decode(bodyOf(transcript))

/**
 * What each kind of stream says, read once more and as literally as can be: all values of a field, one after the other.
 * It shares nothing with `meaningOf` but the reference parser.
 */
const literal: Record<string, (transcript: Transcript, index: number) => Partial<MeaningChoice>> = {
  chat(transcript, index) {
    const choices = chunksOf(transcript)
      .flatMap((chunk) => chunk.choices ?? [])
      .filter((choice) => (choice.index ?? 0) === index)
    const deltas = choices.map((choice) => choice.delta)
    const fragments = deltas.flatMap((delta) => delta.tool_calls ?? [])
    const calls = [...new Set(fragments.map((fragment) => fragment.index))].map((place) => {
      const own = fragments.filter((fragment) => fragment.index === place)
      return {
        id: own.find((fragment) => fragment.id)?.id ?? null,
        name: together(own.map((fragment) => fragment.function?.name)),
        arguments: together(own.map((fragment) => fragment.function?.arguments)),
      }
    })
    return {
      role: deltas.find((delta) => delta.role)?.role ?? null,
      content: deltas.some((delta) => typeof delta.content === 'string')
        ? together(deltas.map((delta) => delta.content))
        : null,
      reasoning: together(deltas.map((delta) => delta.reasoning_content)),
      tool_calls: calls,
      finish_reason: lastOf(choices.map((choice) => choice.finish_reason)) ?? null,
      logprobs: choices.flatMap((choice) => choice.logprobs?.content ?? []).length,
    }
  },
  completion(transcript) {
    const choices = chunksOf(transcript).flatMap((chunk) => chunk.choices)
    return {
      content: together(choices.map((choice) => choice.text)),
      finish_reason: lastOf(choices.map((choice) => choice.finish_reason)),
    }
  },
  'llama-completion'(transcript) {
    const chunks = chunksOf(transcript)
    return {
      content: together(chunks.map((chunk) => chunk.content)),
      finish_reason: chunks.at(-1).stop_type,
    }
  },
  responses(transcript) {
    const events = chunksOf(transcript)
    const said = (type: string): string =>
      together(events.map((event) => (event.type === type ? event.delta : '')))
    // The last event repeats everything: it is another witness, and must agree with the fragments.
    const { output, status } = events.at(-1).response
    const text = together(
      output.flatMap((item: Json) =>
        item.type === 'message' ? item.content.map((part: Json) => part.text) : [],
      ),
    )
    expect(said('response.output_text.delta')).toBe(text)
    return {
      content: events.some((event) => event.type === 'response.output_text.delta') ? text : null,
      reasoning:
        said('response.reasoning_text.delta') + said('response.reasoning_summary_text.delta'),
      tool_calls: output
        .filter((item: Json) => item.type === 'function_call')
        .map(({ id, call_id, name, arguments: whole }: Json) => {
          const deltas = events.filter(
            (event) => event.item_id === id && event.type.endsWith('arguments.delta'),
          )
          if (deltas.length > 0) expect(together(deltas.map(({ delta }) => delta))).toBe(whole)
          return { id: call_id, name, arguments: whole }
        }),
      finish_reason: status,
    }
  },
  messages(transcript) {
    const events = chunksOf(transcript)
    const deltas = events.filter((event) => event.type === 'content_block_delta')
    const starts = events.filter((event) => event.type === 'content_block_start')
    const said = (field: string): string => together(deltas.map((event) => event.delta[field]))
    return {
      role: events[0].message.role,
      content: starts.some((event) => event.content_block.type === 'text') ? said('text') : null,
      reasoning: said('thinking'),
      tool_calls: starts
        .filter((event) => event.content_block.type === 'tool_use')
        .map(({ index, content_block: { id, name } }) => ({
          id,
          name,
          arguments: together(
            deltas.map((event) => (event.index === index ? event.delta.partial_json : '')),
          ),
        })),
      finish_reason: events.find((event) => event.type === 'message_delta').delta.stop_reason,
    }
  },
  gemini(transcript) {
    const candidates = chunksOf(transcript).flatMap((chunk) => chunk.candidates)
    const parts = candidates.flatMap((candidate) => candidate.content.parts)
    const texts = parts.filter((part) => 'text' in part && !part.thought)
    return {
      role: 'model',
      content: texts.length === 0 ? null : together(texts.map((part) => part.text)),
      reasoning: together(parts.map((part) => (part.thought ? part.text : ''))),
      tool_calls: parts.flatMap(({ functionCall }) =>
        functionCall
          ? [{ id: null, name: functionCall.name, arguments: JSON.stringify(functionCall.args) }]
          : [],
      ),
      finish_reason: lastOf(candidates.map((candidate) => candidate.finishReason)),
    }
  },
  ollama(transcript) {
    const lines = textOf(transcript)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const messages = lines.map((line) => line.message)
    return {
      role: 'assistant',
      content: together(messages.map((message) => message.content)),
      reasoning: together(messages.map((message) => message.reasoning_content)),
      tool_calls: messages.flatMap((message) =>
        (message.tool_calls ?? []).map((call: Json) => ({
          id: null,
          name: call.function.name,
          arguments: JSON.stringify(call.function.arguments),
        })),
      ),
      finish_reason: lines.at(-1).done_reason,
    }
  },
}

/** Whether an event is the one that closes its kind of stream. */
const closes: Record<string, (text: string) => boolean> = {
  chat: (text) => text === '[DONE]',
  completion: (text) => text === '[DONE]',
  'llama-completion': (text) => JSON.parse(text).stop,
  responses: (text) => JSON.parse(text).type === 'response.completed',
  messages: (text) => JSON.parse(text).type === 'message_stop',
}

/** Fields that are left out when nothing came, put back. */
function spelledOut(choice: Partial<MeaningChoice> | undefined): Omit<MeaningChoice, 'index'> {
  return {
    role: null,
    content: null,
    reasoning: '',
    tool_calls: [],
    finish_reason: null,
    logprobs: 0,
    ...choice,
  }
}

describe.each(all)('%s', (name, transcript) => {
  const meaning = transcript.meaning as Meaning

  it('is written in the one form that there is', () => {
    const folder = name.startsWith('seeds/') ? data : new URL('recordings/', data)
    const file = readFileSync(new URL(`${name}.transcript`, folder), 'utf8')
    expect(writeTranscript(readTranscript(file)) === file).toBe(true)
  })

  it('says where it comes from', () => {
    const names = Object.keys(transcript.provenance)
    const needed = name.startsWith('seeds/')
      ? ['document', 'url', 'printed', 'licence']
      : ['engine', 'recorded', 'how', 'licence']
    for (const field of needed) expect(names).toContain(field)
  })

  it('holds no secret, and nothing of the machine that it was recorded on', () => {
    const file = writeTranscript(transcript)
    expect(file).not.toMatch(/\/home\/|\/root\/|\/tmp\/|\/work\/|\/Users\/|\\Users\\/)
    expect(file).not.toMatch(/Bearer (?!\[)|sk-[a-z0-9]|(?:^|\n)host:/i)
    expect(file).not.toMatch(
      /127\.0\.0\.1|localhost|(?:^|[^\d.])(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d+){2}/,
    )
  })

  if (transcript.response.source === 'socket')
    it('is framed, and ends, as HTTP requires', () => {
      const { reads, end } = transcript.response
      const reader = new HttpResponseReader(transcript.request?.method ?? 'GET')
      for (const { parts } of reads) {
        const bytes = Buffer.concat(parts.map((part) => part.bytes))
        expect(reader.push(bytes)).toEqual(parts)
      }
      expect(reader.problem).toBe('')
      const byItself = reader.complete || reader.endsWithConnection
      expect(end.how === 'complete').toBe(byItself && end.how !== 'aborted')
      expect(wireOf(transcript).length).toBeGreaterThan(bodyOf(transcript).length)
      for (const by of ['read', 'chunk'] as const) {
        expect(Buffer.concat(piecesOf(transcript, { by }).map((piece) => piece.bytes))).toEqual(
          Buffer.from(bodyOf(transcript)),
        )
      }
    })

  it('means what it is stated to mean: as meaningOf() has it', () => {
    const { intended: _, ...stated } = meaning
    expect(stated).toEqual(meaningOf(transcript))
  })

  if (meaning.streamed && meaning.kind !== 'ollama')
    it('means what it is stated to mean: as the standard has it', () => {
      const { events, comments, pending } = referenceParse(bodyOf(transcript))
      expect(meaning.events).toBe(events.length)
      expect(meaning.comments ?? 0).toBe(comments.length)
      expect(meaning.pending).toBe(pending?.bytes)
      expect(meaning.ended === 'done').toBe(
        closes[meaning.kind]?.(events.at(-1)?.data ?? '') ?? false,
      )
      if (meaning.kind === 'events') {
        expect(meaning.list?.map((event) => [event.event, event.data, event.id])).toEqual(
          events.map(({ event, data: text, id }) => [event, text, id]),
        )
      } else {
        const chunks = chunksOf(transcript)
        const usages = chunks.map(
          (chunk) => chunk.usage ?? chunk.usageMetadata ?? chunk.response?.usage,
        )
        if (meaning.kind !== 'messages') expect(meaning.usage).toEqual(lastOf(usages))
        expect(meaning.error).toEqual(lastOf(chunks.map((chunk) => chunk.error)))
      }
    })

  if (meaning.streamed && meaning.choices !== undefined)
    it('means what it is stated to mean: read literally', () => {
      const read = literal[meaning.kind]
      if (read === undefined) throw new Error(`Nothing reads ${meaning.kind}.`)
      for (const choice of meaning.choices ?? []) {
        const { index, ...stated } = choice
        expect(spelledOut(stated)).toMatchObject(read(transcript, index))
      }
    })

  if (!meaning.streamed)
    it('means what it is stated to mean: as one document', () => {
      const text = textOf(transcript)
      if (meaning.kind === 'text') expect(meaning.text).toBe(text)
      else if (meaning.kind === 'error') expect(meaning.error).toEqual(JSON.parse(text).error)
      else if (meaning.kind === 'json') expect(() => JSON.parse(text)).not.toThrow()
      else {
        // Everything the model sent stands in the document, as the JSON of it.
        for (const { content, reasoning, tool_calls = [] } of meaning.choices ?? []) {
          for (const said of [
            content ?? '',
            reasoning ?? '',
            ...tool_calls.map((call) => call.name),
          ]) {
            expect(text).toContain(JSON.stringify(said).slice(1, -1))
          }
        }
        expect(meaning.usage).toEqual(JSON.parse(text).usage)
      }
      if (meaning.kind === 'error') expect(headOf(transcript)?.status).toBeGreaterThanOrEqual(400)
    })
})

describe('an unstreamed answer', () => {
  const pairs = recordings
    .filter((name) => name.endsWith('.unstreamed'))
    .map((name) => [name.replace(/\.unstreamed$/, ''), name] as const)

  it('is there for each whole stream of llama-server that was asked for a second time', () => {
    const streams = recordings.filter(
      (name) => name.startsWith('llama-server/') && loadRecording(name).provenance['unstreamed'],
    )
    expect(pairs.map(([streamed]) => streamed).toSorted()).toEqual(streams.toSorted())
    expect(pairs.length).toBeGreaterThan(40)
  })

  it.each(pairs)('%s says the same', (streamedName, unstreamedName) => {
    const streamed = loadRecording(streamedName)
    const unstreamed = loadRecording(unstreamedName)
    expect(streamed.provenance['unstreamed']).toBe(unstreamedName.split('/')[1])
    expect(unstreamed.provenance['streamed']).toBe(streamedName.split('/')[1])

    // It was asked the same, but for `stream`, and for `stream_options`, which may only stand beside it.
    const asked = (transcript: Transcript): Json => {
      const {
        stream,
        stream_options: _,
        ...rest
      } = JSON.parse(new TextDecoder().decode(transcript.request?.body))
      return { stream, rest }
    }
    expect([asked(streamed).stream, asked(unstreamed).stream]).toEqual([true, false])
    expect(asked(unstreamed).rest).toEqual(asked(streamed).rest)

    const [one, other] = [streamed.meaning as Meaning, unstreamed.meaning as Meaning]
    expect(other.kind).toBe(one.kind)
    expect(other.choices?.length).toBe(one.choices?.length)
    for (const [at, choice] of (one.choices ?? []).entries()) {
      const answer = other.choices?.[at]
      expect(answer?.index).toBe(choice.index)
      // The engine writes '' unstreamed where the stream has no content at all.
      expect(answer?.content ?? '').toBe(choice.content ?? '')
      expect(answer?.reasoning).toBe(choice.reasoning)
      expect(answer?.finish_reason).toBe(choice.finish_reason)
      // A stream whose first token is half a character says no role.
      if (choice.role !== null) expect(answer?.role).toBe(choice.role)
      // IDs are the engine's dice. The Messages API has an object where the stream has its text.
      const calls = ({ tool_calls = [] }: Partial<MeaningChoice>) =>
        tool_calls.map((call) => [
          call.name,
          one.kind === 'messages' ? JSON.parse(call.arguments) : call.arguments,
        ])
      expect(calls(answer ?? {})).toEqual(calls(choice))
      // The token that ends the answer has its probability in the document alone.
      const [tokens = 0, allTokens = 0] = [choice.logprobs, answer?.logprobs]
      expect([tokens, tokens + 1]).toContain(allTokens)
      expect(allTokens > 0).toBe(tokens > 0)
    }
    if (one.usage !== undefined && one.kind !== 'messages') {
      const counts = (usage: Json) => [
        usage.prompt_tokens,
        usage.input_tokens,
        usage.completion_tokens,
        usage.output_tokens,
        usage.total_tokens,
      ]
      expect(counts(other.usage)).toEqual(counts(one.usage))
    }
  })
})

describe('the seeds', () => {
  it('mean, with the blank lines that were left out, what is stated as intended', () => {
    const pairs = seeds.filter((name) => name.endsWith('.intended'))
    expect(pairs).toEqual(['cryptgpt.intended', 'sovereign.intended', 'yuhuan.intended'])
    for (const name of pairs) {
      const printed = loadSeed(name.replace('.intended', ''))
      const intended = loadSeed(name)
      expect(printed.meaning?.intended).toEqual(intended.meaning)
      expect(printed.meaning?.events).toBe(1)
      const lines = (transcript: Transcript) =>
        textOf(transcript)
          .split('\n')
          .filter((line) => line !== '')
      expect(lines(intended)).toEqual(lines(printed))
      expect(printed.meaning?.list?.[0]?.data).toBe(
        lines(printed)
          .map((line) => line.slice(6))
          .join('\n'),
      )
    }
  })
})

describe('the folder', () => {
  it('holds what its README counts', () => {
    const table = readFileSync(new URL('recordings/README.md', data), 'utf8')
    const stated = [...table.matchAll(/^\| `([a-z0-9-]+)\/` \| (\d+) \|/gm)].map(
      ([, engine, count]) => [engine, Number(count)],
    )
    const engines = [...new Set(recordings.map((name) => name.split('/')[0]))]
    const counted = engines.map((engine) => [
      engine,
      recordings.filter((name) => name.startsWith(`${engine}/`)).length,
    ])
    expect(stated.toSorted()).toEqual(counted.toSorted())
  })

  it('holds nothing that is not listed', () => {
    const files = readdirSync(new URL('recordings/', data), {
      recursive: true,
      encoding: 'utf8',
      withFileTypes: true,
    }).filter((entry) => entry.isFile() && entry.name !== 'README.md')
    expect(files.length).toBe(recordings.length)
  })
})

describe('the description of the format', () => {
  it('has an example that is a transcript', () => {
    const [, example = ''] =
      /^```text\n([^]*?)^```/m.exec(readFileSync(new URL('README.md', data), 'utf8')) ?? []
    const transcript = readTranscript(example)
    expect(writeTranscript(transcript)).toBe(example)
    expect(meaningOf(transcript)).toEqual(transcript.meaning)
    const reader = new HttpResponseReader('POST')
    for (const { parts } of transcript.response.reads) {
      expect(reader.push(Buffer.concat(parts.map((part) => part.bytes)))).toEqual(parts)
    }
  })
})
