import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface PublishedPackage {
  readonly name: string
  readonly folder: string
  /** The source of each entry: `./x` of `exports` is `src/x.ts`. */
  readonly entries: readonly string[]
}

export function packagesIn(root: string): PublishedPackage[] {
  return globSync('packages/*/package.json', { cwd: root })
    .toSorted()
    .map((manifest) => {
      const folder = path.join(root, path.dirname(manifest))
      const { name, exports = {} } = JSON.parse(
        readFileSync(path.join(root, manifest), 'utf8'),
      ) as { name: string; exports?: Record<string, unknown> }
      const entries = Object.keys(exports)
        .map((subpath) =>
          path.join(folder, 'src', `${subpath === '.' ? 'index' : subpath.slice(2)}.ts`),
        )
        .filter((file) => existsSync(file))
      return { name, folder, entries }
    })
}
