import { parseArgs } from 'node:util'
import { defaultSettings, type Settings } from './settings.ts'

export interface Plan {
  /** The name of the task, which names its reports and its scratch folder. */
  readonly task: string
  readonly long: boolean
  /** Parts to run; all when empty. */
  readonly only: readonly string[]
  /** Packages to run; all when empty. */
  readonly packages: readonly string[]
  readonly settings: Settings
}

export const usage = `node src/run.ts [--all] [--only node20,bun] [--package parser] [--seed 1] [--runs 100]

  --all       every runtime, and as many cases for each property as fast-check tries by itself
  --only      runtimes, "tarball" or "types", separated by commas
  --package   packages, by their folders' names, separated by commas
  --seed      the seed of every property (also FC_SEED)
  --runs      the cases that a property tries (also FC_RUNS)`

export function readArguments(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      package: { type: 'string', default: '' },
      seed: { type: 'string' },
      runs: { type: 'string' },
    },
  })
  const defaults = defaultSettings(values.all)
  const list = (text: string): string[] => text.split(',').filter((word) => word !== '')
  return {
    task: values.all ? 'consumers:all' : 'consumers',
    long: values.all,
    only: list(values.only),
    packages: list(values.package),
    settings: {
      ...defaults,
      seed: whole('--seed', values.seed, defaults.seed),
      runs: whole('--runs', values.runs, defaults.runs),
    },
  }
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(value)) throw new Error(`${name} takes a whole number.`)
  return value
}
