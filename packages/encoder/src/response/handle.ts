import { jsonEvent } from '../json-event.ts'
import { checkHas } from './options.ts'
import type { StreamClosed } from '../errors.ts'
import type { EventStream, Follower, Outlet, SseEventInit, UntrustedText } from '../types.ts'

/** What a handle needs of its stream. */
export interface Handled extends Outlet {
  readonly signal: AbortSignal
  readonly closed: Promise<StreamClosed>
  send(event: SseEventInit): Promise<void>
  follow(follower: Follower): void
}

/**
 * The stream as its source sees it. Members work without their object because each is a function that is created when
 * it is read: kept ready, they would take half a kilobyte.
 */
export class Handle implements EventStream {
  readonly #stream: Handled
  readonly lastEventId: UntrustedText | undefined

  constructor(stream: Handled, lastEventId: UntrustedText | undefined) {
    this.#stream = stream
    this.lastEventId = lastEventId
  }

  get signal(): AbortSignal {
    return this.#stream.signal
  }

  get closed(): Promise<StreamClosed> {
    return this.#stream.closed
  }

  get send(): EventStream['send'] {
    return (event) => this.#stream.send(event)
  }

  get emit(): EventStream['emit'] {
    return (name, payload, fields) => {
      try {
        return this.#stream.send(jsonEvent(name, payload, fields))
      } catch (error) {
        return Promise.reject(error)
      }
    }
  }

  get close(): EventStream['close'] {
    return () => this.#stream.close('done')
  }

  get attach(): EventStream['attach'] {
    return (follower) => {
      checkHas('onStop', follower, 'follower', 'an object with `onStop()`')
      this.#stream.follow(follower)
      return this.#stream
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.closed
  }
}
