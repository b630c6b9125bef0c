import { readArgs, startProgress } from '../../config/command.ts'
import { publishedPackages, repository } from '../../config/workspaces.ts'
import { readArguments, usage } from './arguments.ts'
import { prepareControl } from './control.ts'
import { makeScratch } from './layout.ts'
import { inParallel, width } from './parallel.ts'
import { makeWork, measure, partChoices } from './parts.ts'
import { preparePackages } from './prepare.ts'
import { clearReport, isGood, type Outcome, printOutcome, writeReport } from './results.ts'

// Whatever a killed runtime has left pending is not waited for.
process.exit(await main())

async function main(): Promise<number> {
  const packageNames = publishedPackages(repository).map(({ short }) => short)
  const plan = readArgs(usage, (args) =>
    readArguments(args, { ...partChoices, packages: packageNames }),
  )
  const { seed, runs } = plan.settings
  console.log(`${runs} cases for each property. To repeat: FC_SEED=${seed} FC_RUNS=${runs}`)
  const start = performance.now()
  clearReport(plan.task)
  const scratch = makeScratch(plan.task)

  const outcome: Outcome = { rows: [], skips: [] }
  const [control, packages] = await Promise.all([
    prepareControl(scratch),
    preparePackages(plan.packages, scratch, outcome),
  ])
  const job = { plan, packages, control, scratch, outcome }
  const work = makeWork(job)
  const progress = startProgress(work.length)
  await inParallel(work, width, ({ name, run }) => {
    progress.begin(name)
    return run()
  })
  progress.clear()
  await measure(job)

  printOutcome(outcome)
  writeReport(plan.task, outcome)
  console.log(`\n${Math.round((performance.now() - start) / 1000)} s`)
  return isGood(outcome) ? 0 : 1
}
