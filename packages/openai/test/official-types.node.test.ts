import type OpenAI from 'openai'
import { expect, test } from 'vitest'
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatMessage,
  ChunkDelta,
  TextCompletion,
  ToolCall,
  ToolCallDelta,
  Usage,
} from '@tesserae/openai/schema'

// The compiler is what tests here: `npm run types` fails when a pair is no longer assignable.

type Official = OpenAI.Chat.Completions.ChatCompletion
type OfficialChunk = OpenAI.Chat.Completions.ChatCompletionChunk
type OfficialDelta = OfficialChunk['choices'][number]['delta']

/** Compiles only if each is assignable to the other. */
type Interchangeable<A extends B, B extends C, C = A> = [A, B, C]

type Pairs = [
  Interchangeable<ChatCompletion, Official>,
  Interchangeable<ChatCompletionChunk, OfficialChunk>,
  Interchangeable<ChunkDelta, OfficialDelta>,
  Interchangeable<ToolCallDelta, NonNullable<OfficialDelta['tool_calls']>[number]>,
  Interchangeable<ChatMessage, OpenAI.Chat.Completions.ChatCompletionMessage>,
  Interchangeable<ToolCall, OpenAI.Chat.Completions.ChatCompletionMessageToolCall>,
  Interchangeable<TextCompletion, OpenAI.Completions.Completion>,
  Interchangeable<Usage, OpenAI.Completions.CompletionUsage>,
]

/** Fields that one side has and the other does not: a field that the official types gain shows here. */
type Unknown<Official, Ours> = Exclude<keyof Official, keyof Ours>
type Missing = [
  Unknown<Official, ChatCompletion>,
  Unknown<OfficialChunk, ChatCompletionChunk>,
  Unknown<OfficialDelta, ChunkDelta>,
  Unknown<OpenAI.Chat.Completions.ChatCompletionMessage, ChatMessage>,
  Unknown<OpenAI.Completions.CompletionUsage, Usage>,
]

test('the types go both ways between the official package and this one', () => {
  const official = (completion: ChatCompletion): Official => completion
  const ours = (completion: Official): ChatCompletion => completion
  const none: Missing[number][] = []
  const pairs: Pairs['length'] = 8
  expect([official, ours, none, pairs]).toHaveLength(4)
})
