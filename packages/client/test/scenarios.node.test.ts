import { describe, test } from 'vitest'
import { eventually } from './support/eventually.ts'
import { scenarios } from './support/index.ts'
import { stageOverSocket } from './support/over-socket.ts'
import { consume, judge } from './support/play.ts'

for (const [group, list] of Object.entries(scenarios)) {
  const played = list.filter(({ clockOnly }) => !clockOnly)
  describe(`over a socket, fifty times as fast: ${group}`, () => {
    test.each(played.map((scenario) => [scenario.name, scenario] as const))(
      '%s',
      async (_, scenario) => {
        const stage = await stageOverSocket(scenario)
        try {
          judge(scenario, await consume(scenario, stage), false)
          // Closing a connection closes its socket.
          await eventually(() => stage.sockets.size === 0)
        } finally {
          await stage.close()
        }
      },
    )
  })
}
