import { existsSync } from 'node:fs'
import path from 'node:path'
import { replaceBetween, table } from '@tooling/conformance/markdown'
import { publishedPackages, repository } from '../../../config/workspaces.ts'
import type { Entry } from './budgets.ts'
import type { Weight } from './weigh.ts'

type Size = Pick<Weight, 'minified' | 'gzipped'>

export interface Row extends Pick<Entry, 'specifier' | 'package'>, Size {
  readonly peer?: Size & { readonly name: string; readonly version: string }
}

/** Those that may show sizes: the root's and each package's. */
export function readmes(): string[] {
  return [repository, ...publishedPackages(repository).map(({ folder }) => folder)]
    .map((folder) => path.join(folder, 'README.md'))
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
  return table(['import', ['minified', 'number'], ['and gzipped', 'number']], cells)
}

/** Rounded up to a tenth: a table that followed each byte would change with each commit. */
export function kilobytes(bytes: number): string {
  return `${(Math.ceil(bytes / 100) / 10).toFixed(1)} kB`
}
