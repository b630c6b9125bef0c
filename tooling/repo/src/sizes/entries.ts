import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..')

/** Something that a user can import. */
export interface Entry {
  /** As it is imported: `@tesserae/parser/stream`. */
  readonly specifier: string
  readonly package: string
  /** The package's folder. */
  readonly folder: string
}

export function publishedEntries(packages: string = path.join(repository, 'packages')): Entry[] {
  return readdirSync(packages)
    .map((name) => path.join(packages, name))
    .filter((folder) => existsSync(path.join(folder, 'package.json')))
    .flatMap((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
      if (manifest.private === true) return []
      return Object.keys(manifest.exports)
        .filter((subpath) => subpath !== './package.json')
        .map((subpath) => ({
          specifier: manifest.name + subpath.slice(1),
          package: manifest.name,
          folder,
        }))
    })
}
