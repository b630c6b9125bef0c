import type { Column } from '@tooling/conformance/markdown'

/** A library in the comparison: one of this repository, or another. */
export interface Peer<Package = unknown, Input = never, Output = unknown> {
  /** Its row in the tables. Default: its key. */
  readonly name?: string
  /** The package whose version stands in the tables. Default: its key. */
  readonly package?: string
  /** What a reader of the table has to know. */
  readonly note?: string
  /** Called when the peer has its turn, in a process of its own. */
  load(): Promise<Package>
  /** Calls the package with the input of one case. */
  use(its: Package, input: Input): Output
}

/** One kind of libraries: who is compared, by what, and how it becomes a table. */
export interface Area<P extends Peer = Peer, Result extends object = object> {
  /** By a key that stays the same; in this order where results are equal. */
  readonly peers: Readonly<Record<string, P>>
  /** Holds a peer against all cases, in this process. What comes out is for `results.generated.json`. */
  run(peer: P): Promise<Result>
  /** The document that its table stands in. */
  readonly readme: string
  /** What a row is. */
  readonly title: string
  /** After the name and the version, one for each cell. */
  readonly columns: readonly Column[]
  cells(result: Result): readonly string[]
  /** Which of two comes first: below zero for the first. */
  better(a: Result, b: Result): number
}
