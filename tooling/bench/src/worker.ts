// The process that measures. It gets a `Job` on its standard input and writes one `Report` a line.
import { readFileSync } from 'node:fs'
import { cases, mixedCases } from './cases.ts'
import { type Contest, duel, type DuelOptions, type DuelResult, verify } from './duel.ts'
import { mix, type MixOptions } from './mix.ts'

export interface Job {
  /** If it is missing, the answers are verified and nothing is timed. */
  readonly options?: DuelOptions
  /** If it is set, all duels run in one process, in turns. */
  readonly mix?: MixOptions
  readonly duels: readonly {
    readonly case: string
    readonly names: readonly [string, string]
    /** The bundle of each side. */
    readonly modules: readonly [string, string]
  }[]
}

export interface Report {
  readonly case: string
  readonly events: number
  readonly bytes: number
  readonly result?: DuelResult
  /** The sentence that says why there is no result. */
  readonly failure?: string
}

type Duel = Job['duels'][number]

const job = JSON.parse(readFileSync(0, 'utf8')) as Job
if (job.mix === undefined) for (const each of job.duels) await runAlone(each)
else await runMixed(job.mix)

async function runAlone(each: Duel): Promise<void> {
  let contest: Contest | undefined
  try {
    contest = await prepare(each)
    if (job.options === undefined) tell(each, contest, await verify(contest))
    else tell(each, contest, await duel(contest, job.options))
  } catch (error) {
    tell(each, contest, error instanceof Error ? error : new Error(String(error)))
  }
}

async function runMixed(options: MixOptions): Promise<void> {
  const contests: Contest[] = []
  for (const each of job.duels) contests.push(await prepare(each))
  const endings = await mix(contests, options)
  for (const [index, each] of job.duels.entries()) tell(each, contests[index], endings[index])
}

async function prepare({ case: name, names, modules }: Duel): Promise<Contest> {
  const each = [...cases, ...mixedCases].find((candidate) => candidate.name === name)!
  const sides = [await load(modules[0], names[0]), await load(modules[1], names[1])] as const
  return { workload: each.workload(), sides, names }
}

/** @param ending - the numbers; `undefined` if the answers were only verified; an error if there are none */
function tell({ case: name }: Duel, contest?: Contest, ending?: DuelResult | Error | void): void {
  const { events, bytes } = contest?.workload ?? { events: 0, bytes: 0 }
  const report = { case: name, events, bytes }
  const result =
    ending instanceof Error
      ? { failure: `${ending.name}: ${ending.message}` }
      : ending && { result: ending }
  console.log(JSON.stringify({ ...report, ...result } satisfies Report))
}

async function load(module: string, name: string): Promise<unknown> {
  try {
    return await import(module)
  } catch (error) {
    throw new Error(`${name} cannot be loaded: ${(error as Error).message}`, { cause: error })
  }
}
