import type { Peer } from '../areas.ts'

/** What a client of any make is asked for. A file in `peers/` is one of these. */
export interface ClientPeer extends Peer {
  /** What its API can express. A scenario that needs more is not tried. */
  readonly takes: {
    readonly post?: true
    readonly lastEventId?: true
  }
  /**
   * Connects, and calls `onData` with each event until `stop` is aborted. Resolves when the client says that it is
   * over; a client that does not say so may never resolve.
   */
  run(task: ClientTask): Promise<unknown>
}

export interface ClientTask {
  readonly address: string
  readonly method: 'GET' | 'POST'
  readonly body: string | undefined
  readonly lastEventId: string | undefined
  readonly onData: (data: string) => void
  readonly stop: AbortSignal
}
