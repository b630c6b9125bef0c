import path from 'node:path'
import { exportsOf } from '../../../config/exports.ts'
import { publishedPackages } from '../../../config/workspaces.ts'
import type { Check } from '../types.ts'

/** Entries that repeat the names of another library on purpose, so that changing the import is the whole migration. */
const mirrors: Readonly<Record<string, string>> = {
  '@tesserae/parser/compat': 'eventsource-parser',
  '@tesserae/client/eventsource': 'EventSource of browsers',
  '@tesserae/client/fetch-event-source': '@microsoft/fetch-event-source',
  '@tesserae/resume/compat': 'resumable-stream',
}

/** One name means one thing in all packages: a reader who knows it from one is not misled by another. */
export const publicNames: Check = {
  name: 'public names',
  problems(root) {
    const entries = publishedPackages(root).flatMap(({ name, folder, entries }) =>
      entries
        .filter(({ specifier }) => !(specifier in mirrors))
        .map(({ source }) => ({ package: name, folder, file: source })),
    )
    const packagesOf = new Map<string, Set<string>>()
    exportsOf(entries.map(({ file }) => file)).forEach((exported, at) => {
      const entry = entries[at]!
      for (const { name, file } of exported)
        // What it passes on from another package is that one's.
        if (file !== undefined && path.resolve(file).startsWith(entry.folder + path.sep))
          packagesOf.set(name, (packagesOf.get(name) ?? new Set()).add(entry.package))
    })
    return [...packagesOf]
      .filter(([, packages]) => packages.size > 1)
      .map(
        ([name, packages]) =>
          `${name} is exported by ${[...packages].join(' and ')} for two things: rename one of them`,
      )
  },
}
