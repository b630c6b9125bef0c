import type { Sheet } from './sheet.ts'
import type { SharedServers } from './shared-servers.ts'

/** Two programs that speak with each other, and how it is found out whether they understand each other. */
export interface Pair {
  readonly name: string
  /** Needs little time, and little that may not be there: `npm test` runs it. */
  readonly quick?: boolean
  run(sheet: Sheet, servers: SharedServers): Promise<void>
}

/** Pairs with one side in common. */
export interface Group {
  readonly title: string
  readonly pairs: readonly Pair[]
  /** What they leave running that is not a server. */
  readonly stop?: () => Promise<void>
}
