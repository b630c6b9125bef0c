import { Dispatcher } from 'undici'

/** A connection of undici without a server, which answers with these chunks. */
export class Answering extends Dispatcher {
  readonly #chunks: readonly Uint8Array[]

  constructor(chunks: readonly Uint8Array[]) {
    super()
    this.#chunks = chunks
  }

  override dispatch(_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const controller = {
      abort() {},
      pause() {},
      resume() {},
      paused: false,
      aborted: false,
      reason: null,
      rawHeaders: ['content-type', 'text/event-stream'].map((text) => Buffer.from(text)),
    }
    const given = controller as unknown as Dispatcher.DispatchController
    void (async () => {
      await new Promise(setImmediate)
      handler.onRequestStart?.(given, {})
      handler.onResponseStart?.(given, 200, { 'content-type': 'text/event-stream' }, 'OK')
      for (const chunk of this.#chunks) {
        handler.onResponseData?.(given, Buffer.from(chunk))
        // Each chunk by itself, as from a socket.
        await new Promise(setImmediate)
      }
      handler.onResponseEnd?.(given, {})
    })()
    return true
  }
}
