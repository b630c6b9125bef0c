import { expect, it } from 'vitest'
import { Unavailable } from '../../../src/stores/unavailable.ts'
import { runChaos } from './run.ts'

/** A test of so many seconds. Without a Redis it is skipped. */
export function testChaos(seconds: number): void {
  const timeout = (seconds + 300) * 1000
  it(`keeps streams whole through ${seconds} s of faults`, { timeout }, async ({ skip }) => {
    const problems = await runChaos(seconds).catch((error: unknown) => {
      if (error instanceof Unavailable) skip(error.message)
      throw error
    })
    expect(problems).toEqual([])
  })
}
