import { describe, expect, it } from 'vitest'
import { type Case, cases } from '../../src/engine/cases.ts'
import { meaningDifference } from '../../src/engine/compare.ts'
import { isUnavailable } from '../../src/until-ready.ts'
import { runCases } from '../../src/engine/run-cases.ts'

const checked = [
  'plain',
  'plain-usage',
  'unicode',
  'line-breaks',
  'content-looks-like-sse',
  'reasoning',
  'length',
  'tools-parallel',
  'text-then-tool',
  'tool-escapes',
  'completions',
  'responses',
  'messages-tool',
  'error-bad-json',
]

/** What a live server answers differently from its committed recordings, with and without streaming. */
async function changes(chosen: readonly Case[], skip: (note: string) => never): Promise<string[]> {
  const changed: string[] = []
  try {
    for await (const recorded of runCases(chosen))
      changed.push(...meaningDifference(recorded).map((line) => `${recorded.name}: ${line}`))
  } catch (error) {
    if (isUnavailable(error)) skip(error.message)
    throw error
  }
  return changed
}

const named = (names: readonly string[]): readonly Case[] =>
  cases.filter(({ name }) => names.includes(name))

describe('a live llama-server', () => {
  it(`answers ${checked.length} requests as recorded`, { timeout: 300_000 }, async ({ skip }) => {
    const chosen = named(checked)
    expect(chosen).toHaveLength(checked.length)
    expect(await changes(chosen, skip)).toEqual([])
  })

  // The small model answers a whole request while a busy client reads its first chunks.
  it('notices a client that leaves a slow server', { timeout: 120_000 }, async ({ skip }) => {
    expect(await changes(named(['slow-abort-by-client']), skip)).toEqual([])
  })
})
