import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { repository } from './budgets.ts'
import { replaceBetween, table } from '@tooling/conformance/markdown'

export interface Row {
  readonly specifier: string
  readonly package: string
  readonly minified: number
  readonly gzipped: number
  readonly peer?: {
    readonly name: string
    readonly version: string
    readonly minified: number
    readonly gzipped: number
  }
}

/** Those that may show sizes: the root's and each package's. */
export function readmes(root: string = repository): string[] {
  const folders = readdirSync(path.join(root, 'packages')).map((name) =>
    path.join('packages', name),
  )
  return ['.', ...folders]
    .map((folder) => path.join(root, folder, 'README.md'))
    .filter((file) => existsSync(file))
}

/** A README with its size tables as they should be: `size:parser` is one package's, `size:all` is everyone's. */
export function withSizes(text: string, rows: readonly Row[]): string {
  const wanted = new Set([...text.matchAll(/<!-- (size:\S+) -->/g)].map(([, name]) => name!))
  let result = text
  for (const name of wanted) {
    const group = rows.filter((row) =>
      ['size:all', `size:${row.package.split('/')[1]}`].includes(name),
    )
    if (group.length === 0) throw new Error(`asks for ${name}, of which nothing was weighed`)
    result = replaceBetween(result, name, sizeTable(group))
  }
  return result
}

function sizeTable(rows: readonly Row[]): string {
  const cells = rows.flatMap(({ specifier, minified, gzipped, peer }) => [
    [`\`${specifier}\``, kilobytes(minified), kilobytes(gzipped)],
    ...(peer === undefined
      ? []
      : [[`\`${peer.name}\` ${peer.version}`, kilobytes(peer.minified), kilobytes(peer.gzipped)]]),
  ])
  return table(
    [
      ['import', 'text'],
      ['minified', 'number'],
      ['and gzipped', 'number'],
    ],
    cells,
  )
}

/** Rounded up to a tenth: a table that followed each byte would change with each commit. */
export function kilobytes(bytes: number): string {
  return `${(Math.ceil(bytes / 100) / 10).toFixed(1)} kB`
}
