import { afterAll, describe, expect, it } from 'vitest'
import { isUnavailable } from '../../src/until-ready.ts'
import { SharedServers } from './shared-servers.ts'
import { Sheet } from './sheet.ts'

/** Two programs that speak with each other, and how it is found out whether they understand each other. */
export interface Pair {
  readonly name: string
  /** Needs little time, and little that may be missing: `npm test` runs it. */
  readonly quick?: boolean
  run(sheet: Sheet, servers: SharedServers): Promise<void>
}

/** Pairs with one side in common. */
export interface Group {
  readonly title: string
  readonly pairs: readonly Pair[]
  /** Stops what the pairs leave running that is not a server. */
  readonly stop?: () => Promise<void>
}

/** For one pair, on a machine that has other things to do. */
const timeout = 300_000

/** Declares a test for each pair. It prints what was compared. If llama-server cannot be had here, it is skipped. */
export function testPairs(groups: readonly Group[], isQuick: boolean): void {
  const servers = new SharedServers(isQuick)
  afterAll(() => servers.clear(), timeout)
  for (const { title, pairs, stop } of groups) {
    const chosen = pairs.filter(({ quick = false }) => quick || !isQuick)
    if (chosen.length === 0) continue
    describe(title, () => {
      afterAll(() => stop?.())
      it.for(chosen)('$name', { timeout }, async (pair, { skip }) => {
        const sheet = new Sheet()
        await pair.run(sheet, servers).catch((error: unknown) => {
          if (isUnavailable(error)) skip(error.message)
          throw error
        })
        const known = sheet.notes().map((note) => `\n  known: ${note}`)
        console.log(`${pair.name}: ${sheet.summary()}${known.join('')}`)
        expect(sheet.failures).toEqual([])
        expect(sheet.summary()).not.toBe('')
      })
    })
  }
}
