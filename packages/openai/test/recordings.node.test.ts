import { describe, expect, test } from 'vitest'
import { accumulate, reasoningOf, split, type Accumulated } from '@tesserae/openai'
import { crucible } from '@tesserae/openai/dialects'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { byteByByte, inChunksOf } from '@tesserae/testkit'
import { listRecordings, listSeeds, loadRecording, loadSeed } from '@tesserae/testkit/recordings'
import { bodyOf, headOf, type Meaning, type Transcript } from '@tesserae/testkit/transcript'

// Every recorded chat stream, and what it means: that was worked out by the testkit, which knows nothing of this package.

const read = (bytes: Iterable<Uint8Array>): Promise<Accumulated> =>
  accumulate(bytes, { incomplete: 'return' })
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value))

/** A message in the words of the testkit. */
function meaningOf({ message, verdict }: Accumulated): Partial<Meaning> {
  const choices = message.choices.map((choice) => {
    const { message = undefined, text = null } = choice as {
      message?: object
      text?: string | null
    }
    const said = (message ?? { content: text }) as ChatCompletion['choices'][number]['message']
    const reasoning = reasoningOf(said)
    const logprobs = choice.logprobs?.content?.length
    const calls = said.tool_calls?.map((call) => ({
      id: call.id || null,
      name: call.type === 'function' ? call.function.name : call.custom.name,
      arguments: call.type === 'function' ? call.function.arguments : call.custom.input,
    }))
    return {
      index: choice.index,
      content: said.content ?? '',
      ...(reasoning && { reasoning }),
      ...(said.refusal && { refusal: said.refusal }),
      ...(calls && { tool_calls: calls }),
      finish_reason: choice.finish_reason,
      ...(logprobs && { logprobs }),
    }
  })
  return { choices: choices as never, usage: message.usage, error: verdict.error !== undefined }
}

/** What is compared: an empty content and none are the same, and the role is known also where no chunk has it. */
const compared = ({ choices = [], usage, error }: Meaning): unknown => ({
  choices: choices.map(({ role: _, ...choice }) => ({ ...choice, content: choice.content ?? '' })),
  usage,
  error: error !== undefined,
})

const chat = (transcript: Transcript): boolean => {
  const { kind, streamed } = transcript.meaning ?? {}
  return streamed === true && (kind === 'chat' || kind === 'completion')
}
const streams = listRecordings().filter((name) => chat(loadRecording(name)))

describe('each recorded stream', () => {
  test('there are some', () => {
    expect(streams.length).toBeGreaterThan(60)
  })

  test.each(streams)('%s', async (name) => {
    const transcript = loadRecording(name)
    const meaning = transcript.meaning as Meaning
    const bytes = bodyOf(transcript)
    const result = await read([bytes])
    expect(meaningOf(result)).toEqual(compared(meaning))
    const isWhole = meaning.error === undefined && meaning.ended !== 'unfinished'
    if (result.verdict.reason !== 'open-json') expect(result.verdict.complete).toBe(isWhole)

    // With every chunk parsed, and with none that is known.
    const parsed = await accumulate([bytes], { incomplete: 'return', predict: false })
    expect(plain({ ...parsed, failure: 0 })).toEqual(plain({ ...result, failure: 0 }))

    // However the network cuts it.
    for (const pieces of [
      inChunksOf(bytes, 7),
      bytes.length < 20_000 ? byteByByte(bytes) : [bytes],
    ])
      expect(plain((await read(pieces)).message)).toEqual(plain(result.message))

    // Taken apart and put together again, it is the same.
    const again = await read([...split(result.message)] as never)
    expect(plain(again.message)).toEqual(plain(result.message))
  })
})

describe('a stream, and what the same server answers without streaming', () => {
  const pairs = streams.filter((name) => listRecordings().includes(`${name}.unstreamed`))

  test('there are some', () => {
    expect(pairs.length).toBeGreaterThan(25)
  })

  test.each(pairs)('%s', async (name) => {
    const { message } = await read([bodyOf(loadRecording(name))])
    const text = new TextDecoder().decode(bodyOf(loadRecording(`${name}.unstreamed`)))
    const document = JSON.parse(text) as ChatCompletion
    expect(Object.keys(message)).toEqual(
      expect.arrayContaining(
        Object.keys(document).filter((key) => key !== 'usage' || message.usage),
      ),
    )
    expect(message.object).toBe(document.object)
    expect(message.choices.length).toBe(document.choices.length)
    for (const [at, wanted] of document.choices.entries()) {
      const choice = message.choices[at] as typeof wanted
      expect(choice.finish_reason).toBe(wanted.finish_reason)
      if (!wanted.message) {
        expect(choice).toMatchObject({ text: (wanted as { text?: string }).text })
        continue
      }
      const { content, tool_calls: calls, ...rest } = wanted.message
      // llama-server writes '' in a document where its stream has null.
      expect(choice.message.content ?? '').toBe(content ?? '')
      expect(choice.message).toMatchObject(rest)
      // Ids are made anew for each answer.
      const anonymous = (calls ?? []).map((call) => ({ ...call, id: '' }))
      expect((choice.message.tool_calls ?? []).map((call) => ({ ...call, id: '' }))).toEqual(
        anonymous,
      )
    }
  })
})

describe('the streams that documentation prints', () => {
  const dialects = new Map([
    ['crucible', crucible],
    ['crucible-deep', crucible],
  ])

  test.each(listSeeds())('%s', async (name) => {
    const transcript = loadSeed(name)
    const { meaning } = transcript
    const dialect = dialects.get(name)
    const bytes = bodyOf(transcript)
    const result = await accumulate([bytes], { incomplete: 'return', dialect })
    for (const pieces of [byteByByte(bytes), inChunksOf(bytes, 50)])
      expect(plain(await accumulate(pieces, { incomplete: 'return', dialect }))).toEqual(
        plain(result),
      )
    if (dialect) {
      expect(result.message.choices[0]?.message.content).toBe('The document is short.')
      expect(result.verdict.complete).toBe(true)
      if (name === 'crucible-deep')
        expect(result.message.choices[0]?.message.reasoning_content).toBe(
          'I read it from end to end.',
        )
    } else {
      const intended = meaning?.intended ?? (meaning as Meaning)
      expect(meaningOf(result)).toEqual(compared(intended))
      expect(result.verdict.complete).toBe(intended.error === undefined)
    }
  })
})

test('errors that came in the place of a stream', async () => {
  const errors = listRecordings().filter((name) => loadRecording(name).meaning?.kind === 'error')
  expect(errors.length).toBeGreaterThan(5)
  for (const name of errors) {
    const transcript = loadRecording(name)
    const { status = 200, headers = [] } = headOf(transcript) ?? {}
    const response = new Response(bodyOf(transcript), {
      status,
      headers: headers.map(([name, value]) => [name, value] as [string, string]),
    })
    const { code, error, status: found } = await accumulate(response).catch((error) => error)
    expect(code, name).toBe('server-error')
    expect(error.message, name).not.toBe('')
    expect(found, name).toBe(status)
  }
})
