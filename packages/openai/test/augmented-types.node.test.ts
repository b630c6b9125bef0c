import { expect, test } from 'vitest'
import { createAccumulator } from '@tesserae/openai/accumulator'
import type { ChatMessage, ChunkDelta } from '@tesserae/openai/schema'

// The compiler is what tests here: a field that a server adds can be given a type.
declare module '@tesserae/openai/schema' {
  interface ChunkDelta {
    mood?: string
  }
  interface ChatMessage {
    mood?: string
  }
}

test('a field of a server has a rule and a type', () => {
  const delta: ChunkDelta = { mood: 'so' }
  const accumulator = createAccumulator({ rules: { delta: { mood: 'concat' } } })
  accumulator.push({ choices: [{ index: 0, delta }] })
  accumulator.push({ choices: [{ index: 0, delta }] })
  const message: ChatMessage | undefined = accumulator.snapshot().choices[0]?.message
  expect(message?.mood).toBe('soso')
})
