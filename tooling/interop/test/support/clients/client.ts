import type { Seen } from '../script.ts'

/** What became of one subscription. */
export interface Session {
  readonly events: readonly Seen[]
  /** How many connections were made that were answered with a stream. */
  readonly opened: number
  /** When each event was seen, in milliseconds since the epoch. */
  readonly times: readonly number[]
}

export interface Client {
  readonly name: string
  readonly protocols: readonly ('h1' | 'h2')[]
  /** Subscribes, reconnects for as long as it is let, and ends when the server has said that it should not come back. */
  follow(url: string): Promise<Session>
  stop?(): Promise<void>
}
