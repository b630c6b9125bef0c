import { describe, expect, test } from 'vitest'
import { answersOf, stageByFetch } from './support/by-fetch.ts'
import { scenarios } from './support/index.ts'
import { consume, judge } from './support/play.ts'

for (const [group, list] of Object.entries(scenarios))
  describe(`by a fetch, with a clock that is moved by hand: ${group}`, () => {
    test.each(list.map((scenario) => [scenario.name, scenario] as const))(
      '%s',
      async (_, scenario) => {
        const stage = stageByFetch(answersOf(scenario))
        judge(scenario, await consume(scenario, stage), true)
        expect(stage.clock.timers, 'timers that are left').toBe(0)
      },
    )
  })
