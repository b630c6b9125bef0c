// The process that measures. It gets a `Job` on its standard input and writes one `Report` a line.
import { readFileSync } from 'node:fs'
import { cases, mixedCases } from './cases.ts'
import { type Contest, duel, type DuelOptions, type DuelResult, verify } from './duel.ts'
import { mix, type MixOptions } from './mix.ts'

export interface Job {
  /** Without it the answers are verified and no clock is started. */
  readonly options?: DuelOptions
  /** With it all duels are fought at the same time. */
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
type Size = Pick<Report, 'events' | 'bytes'>
type Ending = Pick<Report, 'result' | 'failure'>

const job = JSON.parse(readFileSync(0, 'utf8')) as Job
if (job.mix === undefined) for (const each of job.duels) await fight(each)
else await fightAll(job.mix)

async function fight(each: Duel): Promise<void> {
  let size = { events: 0, bytes: 0 }
  let ending: Ending = {}
  try {
    const contest = await prepare(each)
    size = contest.workload
    if (job.options === undefined) await verify(contest)
    else ending = { result: await duel(contest, job.options) }
  } catch (error) {
    ending = { failure: sentenceOf(error) }
  }
  tell(each, size, ending)
}

async function fightAll(options: MixOptions): Promise<void> {
  const contests: Contest[] = []
  for (const each of job.duels) contests.push(await prepare(each))
  for (const [index, result] of (await mix(contests, options)).entries())
    tell(
      job.duels[index]!,
      contests[index]!.workload,
      result instanceof Error ? { failure: sentenceOf(result) } : { result },
    )
}

async function prepare({ case: name, names, modules }: Duel): Promise<Contest> {
  const each = [...cases, ...mixedCases].find((candidate) => candidate.name === name)!
  const sides = [await load(modules[0], names[0]), await load(modules[1], names[1])] as const
  return { workload: each.workload(), sides, names }
}

function tell({ case: name }: Duel, { events, bytes }: Size, ending: Ending): void {
  console.log(JSON.stringify({ case: name, events, bytes, ...ending } satisfies Report))
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

async function load(module: string, name: string): Promise<unknown> {
  try {
    return await import(module)
  } catch (error) {
    throw new Error(`${name} cannot be loaded: ${(error as Error).message}`, { cause: error })
  }
}
