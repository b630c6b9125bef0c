import { describe, expect, test } from 'vitest'
import { eventually } from './support/eventually.ts'
import { scenarios } from './support/index.ts'
import { stageOverSocket } from './support/over-socket.ts'
import { consume, judge } from './support/play.ts'

/** Of each scenario that was played: nothing once its sockets are closed, or its name if they stay open. */
const closings: Promise<string | undefined>[] = []

for (const [group, list] of Object.entries(scenarios)) {
  const played = list.filter(({ clockOnly }) => !clockOnly)
  describe(`over a socket, fifty times as fast: ${group}`, () => {
    test.each(played.map((scenario) => [scenario.name, scenario] as const))(
      '%s',
      async (name, scenario) => {
        const stage = await stageOverSocket(scenario)
        try {
          judge(scenario, await consume(scenario, stage), false)
        } catch (error) {
          await stage.close()
          throw error
        }
        const closed = eventually(() => stage.sockets.size === 0)
        closings.push(
          closed.then(
            () => undefined,
            () => name,
          ),
        )
        void closed.catch(() => {}).finally(() => stage.close())
      },
    )
  })
}

// The `fetch` of Node 20, 22 and 26 leaves the socket of an aborted request open for four seconds, all of them at once.
test('closing a connection closes its socket, in each of the scenarios', async () => {
  expect((await Promise.all(closings)).filter((name) => name !== undefined)).toEqual([])
})
