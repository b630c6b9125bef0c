import { rmSync } from 'node:fs'
import { type Plan, readArguments, usage } from './arguments.ts'
import { prepareControl } from './control.ts'
import { scratchFolder } from './layout.ts'
import { inParallel } from './parallel.ts'
import { makeParts } from './parts.ts'
import { preparePackages } from './prepare.ts'
import { type Outcome, printOutcome, writeReports } from './results.ts'

/** Parts that work side by side: one for each core of a small machine. */
const width = 2

// Whatever a killed runtime has left pending is not waited for.
process.exit(await main())

async function main(): Promise<number> {
  let plan: Plan
  try {
    plan = readArguments(process.argv.slice(2))
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  const { task, settings } = plan
  console.log(
    `Seed ${settings.seed}, ${settings.runs} cases for each property. To repeat: --seed ${settings.seed} --runs ${settings.runs}`,
  )
  const start = performance.now()
  const scratch = scratchFolder(task)
  rmSync(scratch, { recursive: true, force: true })

  const outcome: Outcome = { rows: [], skips: [] }
  const control = await prepareControl(scratch)
  const packages = await preparePackages(plan.packages, scratch, outcome)
  await inParallel(makeParts(plan, packages, control, scratch), width, (part) => part(outcome))

  printOutcome(outcome)
  writeReports(task, outcome)
  console.log(`\n${Math.round((performance.now() - start) / 1000)} s`)
  const failed = outcome.rows.some((row) => row.failed > 0)
  const unknown = outcome.skips.length > 0 && process.env['CI'] !== undefined
  return failed || unknown ? 1 : 0
}
