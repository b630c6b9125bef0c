import { listRecordings, loadRecording } from '@tesserae/testkit/recordings'
import type { MeaningChoice } from '@tesserae/testkit/transcript'
import { expect, it } from 'vitest'
import dialogues from '../../model/dialogues.json' with { type: 'json' }

/**
 * What the model has learnt to say, as an engine tells its parts apart. This is the third witness, beside the stream and
 * the unstreamed answer: it was there before either engine was asked.
 */
function partsOf(answer: string): Partial<MeaningChoice> {
  const [, reasoning = '', spoken = ''] =
    /^(?:<think>\n([^]*)\n<\/think>\n\n)?([^]*)$/.exec(answer) ?? []
  const [content = '', ...calls] = spoken.split(/\n?<tool_call>\n/)
  return {
    content,
    reasoning: reasoning.trim(),
    tool_calls: calls.map((call) => {
      const { name, arguments: given } = JSON.parse(call.replace(/\n<\/tool_call>$/, ''))
      return { id: null, name, arguments: JSON.stringify(given) }
    }),
  }
}

const untouched = new Set(
  dialogues
    .filter(({ messages }) => messages.length === 1)
    .flatMap(({ messages, tools }) =>
      messages.map(({ content }) => JSON.stringify([content, tools])),
    ),
)

/** Recordings in which the model was asked for a dialogue just as it has learnt it, and was not cut. */
const recordings = listRecordings().flatMap((name) => {
  const { request, meaning, response } = loadRecording(name)
  const engineParses = /^(llama-server|transformers-serve-tools)\//.test(name)
  if (!engineParses || meaning?.kind !== 'chat' || response.end.how !== 'complete') return []
  const {
    messages,
    tools = null,
    n,
    max_tokens = 200,
    stop,
    tool_choice,
    response_format,
    reasoning_format,
  } = JSON.parse(new TextDecoder().decode(request?.body))
  const changed = n ?? stop ?? tool_choice ?? response_format ?? reasoning_format
  const question = messages.at(-1).content
  if (
    changed !== undefined ||
    max_tokens < 200 ||
    !untouched.has(JSON.stringify([question, tools])) ||
    messages.length > 1
  )
    return []
  const answer = dialogues.find(
    (dialogue) => dialogue.messages.length === 1 && dialogue.messages[0]?.content === question,
  )?.answer
  return [[name, answer as string, meaning.choices?.[0] as MeaningChoice] as const]
})

/** llama-server makes the model write arguments by a grammar, in which the text that it has learnt here has no place. */
const OTHERWISE = ['llama-server/tool-escapes', 'llama-server/tool-escapes.unstreamed']

it('has recordings to look at', () => {
  expect(recordings.length).toBeGreaterThan(40)
})

it.each(recordings)('%s is what the model has learnt', (name, answer, choice) => {
  const expected = partsOf(answer)
  expect((choice.content ?? '').trim()).toBe(expected.content?.trim())
  expect((choice.reasoning ?? '').trim()).toBe(expected.reasoning)
  const calls = ({ tool_calls = [] }: Partial<MeaningChoice>) =>
    tool_calls.map((call) => [call.name, JSON.parse(call.arguments)])
  if (OTHERWISE.includes(name)) expect(calls(choice)).not.toEqual(calls(expected))
  else expect(calls(choice)).toEqual(calls(expected))
})
