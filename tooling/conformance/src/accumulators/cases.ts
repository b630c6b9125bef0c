import type { Case } from './case.ts'
import { messages } from './cases/messages.ts'
import { streams } from './cases/streams.ts'
import { toolCalls } from './cases/tool-calls.ts'

/** By what they are about. */
export const groups: Readonly<Record<string, readonly Case[]>> = {
  'tool calls': toolCalls,
  messages,
  streams,
}

export const cases: readonly Case[] = Object.values(groups).flat()
