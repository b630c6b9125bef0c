// The process that measures. It gets a `Job` as its argument and writes one `Report` a line.
import { cases } from './cases.ts'
import { duel, type DuelOptions, type DuelResult, verify } from './duel.ts'

export interface Job {
  /** Without it the answers are verified and no clock is started. */
  readonly options?: DuelOptions
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

const job = JSON.parse(process.argv[2]!) as Job
for (const { case: name, names, modules } of job.duels) {
  let size = { events: 0, bytes: 0 }
  let ending: Pick<Report, 'result' | 'failure'> = {}
  try {
    const workload = cases.find((candidate) => candidate.name === name)!.workload()
    size = { events: workload.events, bytes: workload.bytes }
    const sides = [await load(modules[0], names[0]), await load(modules[1], names[1])] as const
    if (job.options === undefined) await verify(workload, sides, names)
    else ending = { result: await duel(workload, sides, names, job.options) }
  } catch (error) {
    ending = { failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
  console.log(JSON.stringify({ case: name, ...size, ...ending } satisfies Report))
}

async function load(module: string, name: string): Promise<unknown> {
  try {
    return await import(module)
  } catch (error) {
    throw new Error(`${name} cannot be loaded: ${(error as Error).message}`, { cause: error })
  }
}
