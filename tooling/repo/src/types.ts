/** One thing that the repository is held to. */
export interface Check {
  readonly name: string
  /** Gives a sentence for each thing that is wrong: where it is, and what to do. */
  readonly problems: (root: string) => readonly string[] | Promise<readonly string[]>
}
