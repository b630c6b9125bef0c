import { readFileSync } from 'node:fs'
import path from 'node:path'
import { publishedPackages, repository } from '../../../config/workspaces.ts'
import type { Weight } from './weigh.ts'

/** Something that a user can import. */
export interface Entry {
  /** As it is imported: `@tesserae/parser/stream`. */
  readonly specifier: string
  readonly package: string
  /** The package's folder. */
  readonly folder: string
}

export function publishedEntries(): Entry[] {
  return publishedPackages(repository).flatMap(({ name, folder, entries }) =>
    entries.map(({ specifier }) => ({ specifier, package: name, folder })),
  )
}

export interface Budgets {
  /** Globals of single platforms, which portable entries do not mention. */
  readonly globals: readonly string[]
  readonly budgets: Readonly<Record<string, Budget>>
  /** Packages whose size does not matter, each with the reason. */
  readonly withoutBudget: Readonly<Record<string, string>>
}

export interface Budget {
  /** Bytes, minified and gzipped. */
  readonly limit: number
  /** `node` entries may import `node:` modules and use Node's globals. Default: `portable`. */
  readonly platform?: 'portable' | 'node'
  /** Those of them that it looks for and can do without, as the tests on other platforms show. */
  readonly mayAskFor?: readonly string[]
  /** Other packages whose code may be in the bundle. Default: none. */
  readonly with?: readonly string[]
  /** What it is set beside in the tables: the entry of another package that does the same. */
  readonly peer?: string
}

/** What is wrong with an entry, a sentence for each fault; none when all is well. */
export function faults(
  entry: Entry,
  weight: Weight,
  budget: Budget | undefined,
  folders: ReadonlyMap<string, string>,
): string[] {
  if (budget === undefined)
    return [`has no budget: it is ${weight.gzipped} bytes now; add it to budgets.json`]
  const found: string[] = []
  if (weight.exports.length === 0) found.push('has a budget and exports nothing')
  if (weight.gzipped > budget.limit)
    found.push(
      `is ${weight.gzipped} bytes, ${weight.gzipped - budget.limit} over its budget of ${budget.limit}`,
    )
  if (budget.platform !== 'node') {
    for (const name of weight.imports) found.push(`imports ${name}, which not every platform has`)
    for (const name of weight.globals)
      if (!budget.mayAskFor?.includes(name))
        found.push(`mentions ${name}, which not every platform has`)
  }
  const allowed = [entry.package, ...(budget.with ?? [])].map((name) => folders.get(name))
  const foreign = weight.files.filter(
    (file) => !allowed.some((folder) => folder !== undefined && file.startsWith(folder + path.sep)),
  )
  for (const file of foreign)
    found.push(`contains ${path.relative(repository, file)}, of another package`)
  return found
}

/** Budgets that are for nothing: of an entry that was renamed, or removed. */
export function orphans({ budgets, withoutBudget }: Budgets, entries: readonly Entry[]): string[] {
  return [
    ...Object.keys(budgets).filter((name) => !entries.some((entry) => entry.specifier === name)),
    ...Object.keys(withoutBudget).filter(
      (name) => !entries.some((entry) => entry.package === name),
    ),
  ]
}

export function readBudgets(file: string | URL): Budgets {
  return JSON.parse(readFileSync(file, 'utf8'))
}
