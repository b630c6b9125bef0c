import { spawn } from 'node:child_process'
import path from 'node:path'
import { bundle, type BundleOptions } from './bundle.ts'
import type { Case } from './case.ts'
import { median, spread, type Spread } from './statistics.ts'
import type { Job, Report } from './worker.ts'

/** One side of every duel of a run: which implementation of a case it is, and from which checkout. */
export interface Side extends BundleOptions {
  readonly label?: string
  readonly role: 'ours' | 'peer'
}

export interface MeasureOptions {
  readonly sides: readonly [Side, Side]
  readonly processes: number
  readonly verify: boolean
  /** With it the cases are run all in one process, in an order that is made of this number. */
  readonly seed?: number | undefined
  /** The Node that runs the workers. */
  readonly node: string
  readonly folder: string
  /** Called with what begins, and how many processes there are in all. */
  readonly onProgress?: (name: string, total: number) => void
}

export interface CaseResult {
  readonly name: string
  readonly families: readonly string[]
  readonly names: readonly [string, string]
  readonly events: number
  readonly bytes: number
  /** How many times as fast the first implementation was as the second. */
  readonly ratio?: Spread
  readonly nsPerEvent?: readonly [number, number]
  readonly megabytesPerSecond?: readonly [number, number]
  /** Why there are no numbers. Without it there are none either after a verify run. */
  readonly failure?: string
}

// After 200 ms of 65 recordings in turns half of the code was not optimised yet: 0.77 in place of 1.37.
const thorough = { batchMs: 20, warmUpMs: 2_000, rounds: 10 } as const
const quick = { batchMs: 2.5, warmUps: 3, rounds: 9 } as const
const patienceMs = 400_000

/**
 * First all answers, in one process: what is read there to compare it would otherwise be part of what V8 learns
 * about the code that is timed. Then each case in a process of its own, so that none runs on code that another
 * has shaped; and all cases once before any comes again, so that a slow minute of the machine shows as spread.
 */
export async function measure(
  cases: readonly Case[],
  options: MeasureOptions,
): Promise<CaseResult[]> {
  const worker = path.join(options.folder, 'worker.mjs')
  await bundle('./worker.ts', worker)
  const duels = await duelsOf(cases, options)
  const verified = await runWorker(options.node, worker, { duels })
  const wrong = verified.filter(({ failure }) => failure !== undefined)
  const right = duels.filter((duel) => !wrong.some((report) => report.case === duel.case))

  const reports = Map.groupBy(options.verify ? verified : wrong, (report) => report.case)
  const add = (report: Report): void =>
    void reports.set(report.case, [...(reports.get(report.case) ?? []), report])
  const passes = options.verify ? 0 : options.processes
  for (let pass = 0; pass < passes; pass++)
    if (options.seed !== undefined) {
      options.onProgress?.(`all cases, pass ${pass + 1}`, passes)
      const job: Job = { duels: right, mix: { ...quick, seed: options.seed + pass } }
      for (const report of await runWorker(options.node, worker, job)) add(report)
    } else
      for (const duel of right) {
        options.onProgress?.(duel.case, passes * right.length)
        const job: Job = { duels: [duel], options: { ...thorough, first: pass % 2 === 0 ? 0 : 1 } }
        const [report] = await runWorker(options.node, worker, job)
        add(report!)
      }
  return cases.map((each, index) => summarise(each, duels[index]!.names, reports.get(each.name)!))
}

type Duel = Job['duels'][number]

/** Bundles what the cases need on each side, each module once, and says where it is. */
function duelsOf(cases: readonly Case[], { sides, folder }: MeasureOptions): Promise<Duel[]> {
  const bundles = new Map<string, Promise<string>>()
  const moduleOf = (each: Case, index: 0 | 1): Promise<string> => {
    const { module } = each[sides[index].role]
    const file = path.join(folder, `${index}-${module.replaceAll(/\W+/g, '-')}.mjs`)
    if (!bundles.has(file)) bundles.set(file, bundle(module, file, sides[index]))
    return bundles.get(file)!
  }
  const nameOf = (each: Case, { label, role }: Side): string => label ?? each[role].name
  return Promise.all(
    cases.map(async (each) => ({
      case: each.name,
      names: [nameOf(each, sides[0]), nameOf(each, sides[1])] as const,
      modules: [await moduleOf(each, 0), await moduleOf(each, 1)] as const,
    })),
  )
}

/** Never rejects: what the worker does not report is reported here, with the reason. */
async function runWorker(node: string, worker: string, job: Job): Promise<Report[]> {
  const child = spawn(node, ['--expose-gc', '--no-warnings', worker], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  })
  child.stdin.end(JSON.stringify(job))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ending = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal))
  })
  const reports = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Report)
  return job.duels.map(
    (duel) =>
      reports.find((report) => report.case === duel.case) ?? {
        case: duel.case,
        events: 0,
        bytes: 0,
        failure: `the process ended without a result (${ending})`,
      },
  )
}

export function summarise(
  { name, families }: Pick<Case, 'name' | 'families'>,
  names: readonly [string, string],
  reports: readonly Report[],
): CaseResult {
  const { events, bytes } = reports.at(-1)!
  const shared = { name, families, names, events, bytes }
  const failure = reports.find((report) => report.failure !== undefined)?.failure
  if (failure !== undefined) return { ...shared, failure }
  const timed = reports.flatMap(({ result }) => (result === undefined ? [] : [result]))
  if (timed.length === 0) return shared
  const first = median(timed.map(({ nanoseconds }) => nanoseconds[0]))
  const second = median(timed.map(({ nanoseconds }) => nanoseconds[1]))
  return {
    ...shared,
    ratio: spread(timed.map((each) => each.ratio)),
    nsPerEvent: [first / events, second / events],
    megabytesPerSecond: [(bytes / first) * 1e3, (bytes / second) * 1e3],
  }
}
