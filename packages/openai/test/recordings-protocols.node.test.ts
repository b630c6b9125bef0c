import { describe, expect, test } from 'vitest'
import { accumulate as accumulateChat, reasoningOf as reasoningOfChat } from '@tesserae/openai'
import { anthropic } from '@tesserae/openai/dialects'
import { accumulate, outputTextOf, reasoningOf } from '@tesserae/openai/responses'
import { byteByByte } from '@tesserae/testkit'
import { listRecordings, loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf, headOf, type Meaning, type Transcript } from '@tesserae/testkit/transcript'

// Recorded streams of the Responses API and of Anthropic Messages, and what they mean: the testkit worked that out, which
// knows nothing of this package. The stream and the answer without streaming are both among them.

interface Call {
  readonly type: string
  readonly call_id: string
  readonly name: string
  readonly arguments: string
}

/** What is compared: an empty text and none are the same; ids of calls, but not of messages. */
interface Said {
  readonly content: string
  readonly reasoning: string
  readonly calls: readonly (readonly [id: string, name: string, args: string])[]
  readonly reason: string | null
}

const recordings = listRecordings().map((name) => ({ name, transcript: loadRecording(name) }))
const ofKind = (kind: string): { name: string; transcript: Transcript }[] =>
  recordings.filter(({ transcript }) => transcript.meaning?.kind === kind)

function meant({ choices = [] }: Meaning): Said {
  const [choice] = choices
  return {
    content: choice?.content ?? '',
    reasoning: choice?.reasoning ?? '',
    calls: (choice?.tool_calls ?? []).map(({ id, name, arguments: args }) => [
      id ?? '',
      name,
      args,
    ]),
    reason: choice?.finish_reason ?? null,
  }
}

/** The answer as `fetch` would give it: servers send a document or a stream. */
function answerOf(transcript: Transcript, bytes: readonly Uint8Array[]): Response | Uint8Array[] {
  const { status = 200 } = headOf(transcript) ?? {}
  return transcript.meaning?.streamed
    ? [...bytes]
    : new Response(bodyOf(transcript) as Uint8Array<ArrayBuffer>, { status })
}

describe.each([
  ['responses', readResponse],
  ['messages', readMessage],
] as const)('recordings of %s', (kind, read) => {
  const all = ofKind(kind)

  test('there are some, streamed and not', () => {
    expect(all.filter(({ transcript }) => transcript.meaning?.streamed).length).toBeGreaterThan(4)
    expect(all.some(({ transcript }) => !transcript.meaning?.streamed)).toBe(true)
  })

  test.each(all)('$name', async ({ transcript }) => {
    const bytes = bodyOf(transcript)
    const expected = meant(transcript.meaning as Meaning)
    expect(await read(answerOf(transcript, [bytes]))).toEqual(expected)
    expect(await read(answerOf(transcript, byteByByte(bytes)))).toEqual(expected)
  })
})

async function readResponse(source: Response | Uint8Array[]): Promise<Said> {
  const { response } = await accumulate(source, { incomplete: 'return' })
  return {
    content: outputTextOf(response),
    reasoning: reasoningOf(response),
    calls: (response.output as unknown as Call[])
      .filter(({ type }) => type === 'function_call')
      .map(({ call_id, name, arguments: args }) => [call_id, name, args]),
    reason: response.status ?? null,
  }
}

const REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
}

async function readMessage(source: Response | Uint8Array[]): Promise<Said> {
  const options = { dialect: anthropic, incomplete: 'return' } as const
  const [choice] = (await accumulateChat(source, options)).message.choices
  const calls = choice?.message.tool_calls ?? []
  return {
    content: choice?.message.content ?? '',
    reasoning: (choice && reasoningOfChat(choice.message)) ?? '',
    calls: calls.flatMap((call) =>
      call.type === 'function'
        ? [[call.id, call.function.name, call.function.arguments] as const]
        : [],
    ),
    reason: REASONS[choice?.finish_reason ?? ''] ?? null,
  }
}
