import { exportsOf } from '../../config/exports.ts'

/** The names that each of these modules of TypeScript exports, types among them. */
export function declaredNames(files: readonly string[]): string[][] {
  return exportsOf(files).map((exported) => exported.map(({ name }) => name).toSorted())
}

/** The names that each of these modules exports as values, without types. */
export function namesAtRunTime(files: readonly string[]): string[][] {
  return exportsOf(files).map((exported) =>
    exported.flatMap(({ name, isValue }) => (isValue ? [name] : [])).toSorted(),
  )
}
