import path from 'node:path'
import ts from 'typescript'
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
    const program = ts.createProgram(
      entries.map(({ file }) => file),
      options,
    )
    for (const entry of entries)
      for (const name of ownNames(program, entry.file, entry.folder))
        packagesOf.set(name, (packagesOf.get(name) ?? new Set()).add(entry.package))
    return [...packagesOf]
      .filter(([, packages]) => packages.size > 1)
      .map(
        ([name, packages]) =>
          `${name} is exported by ${[...packages].join(' and ')} for two things: rename one of them`,
      )
  },
}

const options: ts.CompilerOptions = {
  allowImportingTsExtensions: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  resolveJsonModule: true,
  noEmit: true,
  // Names need no library.
  noLib: true,
  types: [],
}

/** What an entry exports, types included, without what it passes on from another package. */
function ownNames(program: ts.Program, file: string, folder: string): string[] {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  if (module === undefined) return []
  return checker
    .getExportsOfModule(module)
    .filter((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      const from = target.declarations?.[0]?.getSourceFile().fileName
      return from !== undefined && path.resolve(from).startsWith(folder + path.sep)
    })
    .map(({ name }) => name)
}
