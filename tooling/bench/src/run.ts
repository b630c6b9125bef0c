import path from 'node:path'
import { type Progress, readArgs, startProgress } from '../../config/command.ts'
import { scratchFolder } from './bundle.ts'
import { type Case, packagesOf } from './case.ts'
import { cases, mixedCases } from './cases.ts'
import { buildCommit, resolveCommit } from './checkout.ts'
import { busyWarning, machineLine } from './machine.ts'
import { measure, type Side } from './measure.ts'
import { nodeBinary } from './nodes.ts'
import { type Options, readOptions, usage } from './options.ts'
import { report, withTable } from './report.ts'

try {
  process.exitCode = await main(readArgs(usage, readOptions))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}

async function main(options: Options): Promise<number> {
  const all = options.seed === undefined ? cases : mixedCases
  const chosen = choose(all, options.filters)
  if (options.list) {
    console.log(chosen.map(({ name }) => name).join('\n'))
    return 0
  }
  const group = options.write === undefined ? undefined : groupOf(all, chosen)
  if (options.write !== undefined && group !== undefined) withTable(options.write, group, '')
  const node = nodeBinary(options.node)

  const scratch = scratchFolder()
  const cleanUp = [scratch.remove]
  process.once('SIGINT', () => process.exit(130))
  process.once('exit', () => cleanUp.toReversed().forEach((remove) => remove()))

  const sides = chooseSides(options, chosen, scratch.folder, cleanUp)
  const warning = options.verify ? undefined : busyWarning()
  if (warning !== undefined) console.error(warning)
  if (options.seed !== undefined) console.error(`Mixed, by --seed ${options.seed}`)
  let progress: Progress | undefined
  const results = await measure(chosen, {
    sides,
    processes: options.processes,
    verify: options.verify,
    seed: options.seed,
    node: node.path,
    folder: scratch.folder,
    onProgress: (name, total) => (progress ??= startProgress(total)).begin(name),
  })
  progress?.clear()
  return report(results, machineLine(node.version, options.processes), options, group)
}

function choose(all: readonly Case[], filters: readonly RegExp[]): Case[] {
  const chosen = all.filter(
    ({ name }) => filters.length === 0 || filters.some((filter) => filter.test(name)),
  )
  if (chosen.length === 0)
    throw new Error(`No case matches ${filters.join(' or ')}: --list prints the names.`)
  return chosen
}

/** A table in a README is of one group, whole: a choice of rows would be a choice of results. */
function groupOf(all: readonly Case[], chosen: readonly Case[]): string {
  const [group, ...more] = new Set(chosen.map(({ name }) => name.split('/')[0]!))
  const whole = all.filter(({ name }) => name.startsWith(`${group}/`)).length
  if (more.length > 0 || chosen.length !== whole)
    throw new Error('--write takes all the cases of one group: give its name as the only filter.')
  return group!
}

function chooseSides(
  { compare, null: even }: Options,
  chosen: readonly Case[],
  folder: string,
  cleanUp: (() => void)[],
): [Side, Side] {
  if (even) {
    const peer: Side = { role: 'peer', apart: true }
    return [peer, peer]
  }
  if (compare === undefined) return [{ role: 'ours' }, { role: 'peer' }]
  const packages = packagesOf(chosen)
  // Every revision is looked up before the first is built.
  const built = compare.map(resolveCommit).map((commit, index): Side => {
    const label = commit.startsWith(compare[index]!) ? commit.slice(0, 9) : compare[index]!
    console.error(`building ${label}`)
    const checkout = buildCommit(commit, packages, path.join(folder, `checkout-${index}`))
    cleanUp.push(checkout.remove)
    return { role: 'ours', checkout: checkout.folder, label }
  })
  const [before, after = { role: 'ours', label: 'as it is now' } satisfies Side] = built
  return [after, before!]
}
