/** A failure of a store that asking again cannot change. */
export interface PermanentError {
  readonly permanent?: boolean
}

/** Marks an error of a store that asking again cannot change. Stands alone, so that a store loads nothing else with it. */
export function permanent(error: unknown): unknown {
  return Object.assign(error as object, { permanent: true })
}
