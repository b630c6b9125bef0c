import { Dispatcher, EventSource, MessageEvent } from 'undici'
import type { FoundEvent, ParserPeer } from '../peer.ts'

export const peer: ParserPeer = {
  package: 'undici',
  takes: 'bytes',
  shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
  note: '`EventSource`, with a dispatcher that answers with the chunks; that of Node is a copy of it.',
  async read(chunks) {
    const events: FoundEvent[] = []
    await new Promise<void>((resolve) => {
      const source = new EventSource('http://127.0.0.1/', {
        node: { dispatcher: new Answering(chunks) },
      })
      const dispatch = source.dispatchEvent.bind(source)
      // Listeners have to name the event that they want; this sees every one.
      source.dispatchEvent = (event) => {
        if (event instanceof MessageEvent)
          events.push({ event: event.type, data: event.data, id: event.lastEventId })
        else if (event.type === 'error') {
          source.close()
          resolve()
        }
        return dispatch(event)
      }
    })
    return { events }
  },
}

/** A connection without a server, which answers with these chunks. */
class Answering extends Dispatcher {
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
