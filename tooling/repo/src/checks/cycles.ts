import path from 'node:path'
import { filesOf } from '../repository.ts'
import { importsOf } from '../source.ts'
import type { Check } from '../types.ts'

/** No file of a package imports itself through others, not even for types: then no file can be read on its own. */
export const cycles: Check = {
  name: 'cycles',
  problems(root) {
    const files = filesOf(root).filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file))
    const imports = new Map(
      files.map((file) => [
        file,
        importsOf(root, file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => path.posix.join(path.posix.dirname(file), specifier)),
      ]),
    )
    return cyclesIn(imports).map(
      (cycle) =>
        `${cycle[0]} imports itself: ${cycle.map((file) => path.posix.basename(file)).join(' → ')}`,
    )
  },
}

/** One cycle for each group of files that import each other: the shortest one through its first file that is in one. */
function cyclesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const reported = new Set<string>()
  const found: string[][] = []
  for (const start of imports.keys()) {
    if (reported.has(start)) continue
    const cycle = shortestWayBack(start, imports)
    if (cycle === undefined || cycle.some((file) => reported.has(file))) continue
    for (const file of cycle) reported.add(file)
    found.push(cycle)
  }
  return found
}

/** Breadth first from `start` to `start`. */
function shortestWayBack(
  start: string,
  imports: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const seen = new Set<string>()
  let paths = [[start]]
  while (paths.length > 0) {
    const longer: string[][] = []
    for (const way of paths)
      for (const next of imports.get(way.at(-1) as string) ?? []) {
        if (next === start) return [...way, start]
        if (seen.has(next)) continue
        seen.add(next)
        longer.push([...way, next])
      }
    paths = longer
  }
  return undefined
}
