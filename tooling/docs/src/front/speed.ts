import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { table } from '@tooling/conformance/markdown'

/** What the benchmark tables of a package's README sum up to. */
interface Summary {
  readonly group: string
  readonly ours: string
  readonly rival: string
  readonly means: readonly (readonly [family: string, factor: string])[]
  /** Node, processor, date, versions: the line below the table. */
  readonly machine: string
}

/** The geometric means of all benchmark tables in the READMEs of the packages, which are where they are written. */
export function speedTable(root: string): string {
  const summaries = globSync('packages/*/README.md', { cwd: root })
    .toSorted()
    .flatMap((file) => summariesIn(readFileSync(path.join(root, file), 'utf8')))
  if (summaries.length === 0)
    return 'No table has been written yet: measuring wants a quiet machine.'
  const rows = summaries.flatMap(({ group, ours, rival, means }) =>
    means.map(([family, factor]) => [group, family, `\`${ours}\``, rival, factor]),
  )
  const columns = ['group', 'cases', 'ours', 'beside'].map((title) => [title, 'text'] as const)
  return [
    table([...columns, ['times as fast', 'number']], rows),
    '',
    ...new Set(summaries.map(({ machine }) => machine)),
  ].join('\n')
}

export function summariesIn(readme: string): Summary[] {
  return [...readme.matchAll(/<!-- bench:(\S+) -->([^]*?)<!-- \/bench -->/g)].flatMap(
    ([, group = '', content = '']) => {
      if (content.trim() === '') return []
      const said = /^`([^`]+)` : `([^`]+)`\. Geometric means: \*\*(.+)\*\*\.\n(.+)$/m.exec(content)
      if (said === null) throw new Error(`The table of ${group} says nothing of its means.`)
      const [, ours = '', rival = '', means = '', machine = ''] = said
      const each = means.split(', ').map((mean) => {
        const at = mean.lastIndexOf(' ')
        return [mean.slice(0, at), mean.slice(at + 1)] as const
      })
      return [{ group, ours, rival, means: each, machine }]
    },
  )
}
