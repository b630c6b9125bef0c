/** A line of code, and the line of the document that it comes from. */
export interface Line {
  readonly text: string
  /** 1-based; 0 for a line that the document does not show. */
  readonly line: number
}

export type Language = 'ts' | 'tsx' | 'js'

/** One fenced block of a README or of an `@example`, with what stands around it unseen. */
export interface Example {
  /** Relative to the repository, with forward slashes. */
  readonly file: string
  /** The line of the block's first line of code. */
  readonly line: number
  readonly language: Language
  /** Preludes, the example that it continues, and the block itself. */
  readonly lines: readonly Line[]
  /** What comes after it, and is not part of an example that continues this one. */
  readonly epilogue: readonly Line[]
  /** Why it is type-checked only, if it is. */
  readonly noRun: string | undefined
}

/** Something about a document that keeps an example from being one. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface Collected {
  readonly examples: Example[]
  readonly problems: Problem[]
}
