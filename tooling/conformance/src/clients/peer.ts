import type { Peer } from '../area.ts'

/**
 * A client of any make. It connects, and calls `onData` with each event until `stop` is aborted. It resolves when the
 * client says that it is over; a client that does not say so may never resolve.
 */
export interface ClientPeer<Package = unknown> extends Peer<Package, ClientTask, Promise<unknown>> {
  /** What its API can express. A scenario that needs more is not tried. */
  readonly takes: {
    readonly post?: true
    readonly lastEventId?: true
  }
}

export interface ClientTask {
  readonly address: string
  readonly init: { readonly method: 'GET' | 'POST'; readonly body?: string }
  readonly lastEventId: string | undefined
  readonly onData: (data: string) => void
  readonly stop: AbortSignal
}
