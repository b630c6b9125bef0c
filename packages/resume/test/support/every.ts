import type { Choose } from './world.ts'

/**
 * Runs every order of events, depth first: each run repeats the choices of the one before, up to the last one that had
 * another possibility.
 */
export async function every(run: (choose: Choose) => Promise<void>): Promise<number> {
  const choices: { picked: number; count: number }[] = []
  let runs = 0
  for (;;) {
    let depth = 0
    await run((count) => {
      const choice = (choices[depth] ??= { picked: 0, count })
      depth++
      if (choice.count !== count) throw new Error('a run did not repeat itself')
      return choice.picked
    })
    runs++
    choices.length = depth
    while (choices.length > 0) {
      const last = choices.at(-1) as (typeof choices)[number]
      last.picked++
      if (last.picked < last.count) break
      choices.pop()
    }
    if (choices.length === 0) return runs
  }
}
