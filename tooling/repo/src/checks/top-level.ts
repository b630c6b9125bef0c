import { filesOf } from '../repository.ts'
import type { Check } from '../types.ts'

/** What stands at the root, and why nothing else needs to. */
const entries = [
  '.changeset',
  '.ci',
  '.devcontainer',
  '.github',
  '.gitignore',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'package.json',
  'packages',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'tooling',
  'turbo.json',
]

export const topLevel: Check = {
  name: 'top level',
  problems(root) {
    const there = new Set(filesOf(root).map((file) => file.split('/')[0] as string))
    const missing = entries.filter((entry) => !there.has(entry))
    const extra = [...there].filter((entry) => !entries.includes(entry))
    return [
      ...missing.map((entry) => `${entry} belongs at the root and is not there`),
      ...extra.map(
        (entry) => `${entry} does not belong at the root: move it into a package or tooling`,
      ),
    ]
  },
}
