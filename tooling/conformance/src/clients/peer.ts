import type { Peer } from '../area.ts'

/** A client of any make. */
export interface ClientPeer extends Peer<Connect> {
  /** What its API can express. A scenario that needs more is not tried. */
  readonly takes: {
    readonly post?: true
    readonly lastEventId?: true
  }
}

/**
 * Connects, and calls `onData` with each event until `stop` is aborted. Resolves when the client says that it is
 * over; a client that does not say so may never resolve.
 */
export type Connect = (task: ClientTask) => Promise<unknown>

export interface ClientTask {
  readonly address: string
  readonly init: { readonly method: 'GET' | 'POST'; readonly body?: string }
  readonly lastEventId: string | undefined
  readonly onData: (data: string) => void
  readonly stop: AbortSignal
}
