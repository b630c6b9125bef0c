import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Check } from '../types.ts'

const config = path.resolve(import.meta.dirname, '../../oxlint.json')
const maxPerPackage = 2

/** The files that the lint configuration lets use `!` and reassign parameters: few, and there. */
export const hotFiles: Check = {
  name: 'hot files',
  problems(root) {
    const files = hotFilesOf(readFileSync(config, 'utf8'))
    return [...tooMany(files), ...files.flatMap((file) => notThere(root, file))]
  },
}

/** Reads the override of the lint configuration that turns the rule against `!` off. */
export function hotFilesOf(text: string): string[] {
  const { overrides } = JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as {
    overrides: { files: string[]; rules: Record<string, unknown> }[]
  }
  return overrides
    .filter(({ rules }) => rules['typescript/no-non-null-assertion'] === 'off')
    .flatMap(({ files }) => files)
    .map((file) => file.replace(/^\*\*\//, ''))
}

export function tooMany(files: readonly string[]): string[] {
  const perPackage = new Map<string, number>()
  for (const file of files) {
    const name = file.split('/')[1] ?? file
    perPackage.set(name, (perPackage.get(name) ?? 0) + 1)
  }
  return [...perPackage]
    .filter(([, count]) => count > maxPerPackage)
    .map(
      ([name, count]) =>
        `${name} has ${count} hot files in tooling/repo/oxlint.json; ${maxPerPackage} are allowed, so cool one down`,
    )
}

export function notThere(root: string, file: string): string[] {
  if (file.includes('*'))
    return [`tooling/repo/oxlint.json: name hot files one by one, not as ${file}`]
  if (!existsSync(path.join(root, file)))
    return [
      `${file} is named as a hot file in tooling/repo/oxlint.json and does not exist: take it out`,
    ]
  return []
}
