import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { here } from '../layout.ts'

/** A file of an optional dependency of this package. It need not exist: not every system has them all. */
export function installedFile(dependency: string, file: string): string {
  return path.join(here, 'node_modules', dependency, file)
}

/** A file of a package that only `owner`, one of our dependencies, depends on. */
export function fileBehind(owner: string, dependency: string, file: string): string {
  try {
    const ofOwner = createRequire(realpathSync(installedFile(owner, 'package.json')))
    return path.join(path.dirname(ofOwner.resolve(`${dependency}/package.json`)), file)
  } catch {
    return installedFile(dependency, file)
  }
}
