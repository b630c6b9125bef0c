import path from 'node:path'
import { readManifest } from '../../config/workspaces.ts'

const folder = path.resolve(import.meta.dirname, '../node_modules')

/** A file of a package that is installed here, whether the package exports it or not. */
export const inPackage = (file: string): string => path.join(folder, file)

/** A package with its version, as it is installed here. */
export function versioned(name: string): string {
  return `${name} ${readManifest(inPackage(name)).version}`
}
