import { exportsOf } from '../../config/exports.ts'

/** The names that each of these modules of TypeScript exports, types among them. */
export function declaredNames(files: readonly string[]): string[][] {
  return exportsOf(files).map((exported) => exported.map(({ name }) => name).toSorted())
}

/** Those that it exports when it runs. */
export function namesAtRunTime(files: readonly string[]): string[][] {
  return exportsOf(files).map((exported) =>
    exported.flatMap(({ name, isValue }) => (isValue ? [name] : [])).toSorted(),
  )
}
