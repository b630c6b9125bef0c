import type { StreamClosed } from './errors.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { EventStream, UntrustedText } from './types.ts'

/** The lifecycle behind the stream that a source was given: for the hub. */
export const lifecycleOf: unique symbol = /* @__PURE__ */ Symbol()

/** Its members work on their own because each is made when asked for: kept ready, they would cost half a kilobyte. */
class Handle implements EventStream {
  readonly [lifecycleOf]: Lifecycle
  readonly lastEventId: UntrustedText | undefined

  constructor(lifecycle: Lifecycle, lastEventId: UntrustedText | undefined) {
    this[lifecycleOf] = lifecycle
    this.lastEventId = lastEventId
  }

  get signal(): AbortSignal {
    return this[lifecycleOf].signal
  }

  get closed(): Promise<StreamClosed> {
    return this[lifecycleOf].closed
  }

  get send(): EventStream['send'] {
    return (event) => this[lifecycleOf].send(event)
  }

  get emit(): EventStream['emit'] {
    return (name, payload, fields) =>
      this.send({ ...fields, event: name, data: JSON.stringify(payload) })
  }

  get close(): EventStream['close'] {
    return () => this[lifecycleOf].close('done')
  }
}

/** What a source that is a function is given. */
export function handleOf(
  lifecycle: Lifecycle,
  lastEventId: UntrustedText | undefined,
): EventStream {
  return new Handle(lifecycle, lastEventId)
}
