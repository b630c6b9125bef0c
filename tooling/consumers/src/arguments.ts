import { parseArgs } from 'node:util'
import { choose } from '../../config/command.ts'
import { defaultSettings, type Settings } from './settings.ts'

export interface Plan {
  /** The name of the task, which names its reports and its scratch folder. */
  readonly task: string
  readonly long: boolean
  /** Names of parts and of packages. */
  readonly parts: readonly string[]
  readonly packages: readonly string[]
  /** Parts of which the run does without what others show as well, because nothing asked for them by name. */
  readonly brief: readonly string[]
  readonly settings: Settings
}

/** What there is to choose from. */
export interface Choices {
  /** The parts of every run. */
  readonly parts: readonly string[]
  /** The parts that the long run adds. */
  readonly moreParts: readonly string[]
  /** The parts that are brief in the short run. */
  readonly briefParts: readonly string[]
  readonly packages: readonly string[]
}

export const usage = `node src/run.ts [--all] [--only node20,bun] [--package parser] [--seed=1] [--runs=100]

  --all       every runtime, and as many cases for each property as fast-check tries by itself
  --only      these parts alone, separated by commas
  --package   these packages alone, by their folders' names
  --seed      the seed of every property (also FC_SEED)
  --runs      the cases that a property tries (also FC_RUNS)
  --help      prints this`

/** Throws a sentence for people. */
export function readArguments(
  args: readonly string[],
  choices: Choices,
  env: NodeJS.ProcessEnv = process.env,
): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: 'boolean', default: false },
      only: { type: 'string' },
      package: { type: 'string' },
      seed: { type: 'string' },
      runs: { type: 'string' },
    },
  })
  const defaults = defaultSettings(values.all, env)
  const parts = [...choices.parts, ...choices.moreParts]
  return {
    task: values.all ? 'consumers:all' : 'consumers',
    long: values.all,
    parts: choose('part', values.only?.split(','), parts, values.all ? parts : choices.parts),
    packages: choose('package', values.package?.split(','), choices.packages),
    brief: values.all || values.only !== undefined ? [] : choices.briefParts,
    settings: {
      ...defaults,
      seed: whole('seed', values.seed ?? defaults.seed),
      runs: whole('number of runs', values.runs ?? defaults.runs, 1),
    },
  }
}

function whole(what: string, text: string | number, least = -(2 ** 31)): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > 2 ** 31 - 1)
    throw new Error(`The ${what} must be a whole number from ${least} on; it is ${text}.`)
  return value
}
