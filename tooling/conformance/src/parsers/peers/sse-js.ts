import { SSE } from 'sse.js'
import type { FoundEvent, ParserPeer } from '../peer.ts'
import { textOf } from '../text.ts'

export const peer: ParserPeer = {
  package: 'sse.js',
  takes: 'text',
  shows: { unnamed: { is: 'message' }, id: { of: 'stream' } },
  note: 'With an `XMLHttpRequest` that hands out the chunks, decoded.',
  async read(chunks) {
    const events: FoundEvent[] = []
    Object.assign(globalThis, { XMLHttpRequest: requestOf(chunks) })
    await new Promise<void>((resolve) => {
      const source = new SSE('http://127.0.0.1/', { start: false })
      // Its types give this the parameters of `addEventListener`.
      const dispatch = source.dispatchEvent.bind(source) as unknown as (event: object) => boolean
      const dispatchAndTell = (
        event: { type: string; data?: unknown; lastEventId?: string } | null,
      ) => {
        const result = dispatch(event as object)
        if (event?.lastEventId !== undefined)
          events.push({ event: event.type, data: event.data, id: event.lastEventId })
        else if (event?.type === 'readystatechange' && source.readyState === SSE.CLOSED) resolve()
        return result
      }
      Object.assign(source, { dispatchEvent: dispatchAndTell })
      source.stream()
    })
    return { events }
  },
}

/** As much of an `XMLHttpRequest` as it asks for. */
function requestOf(chunks: readonly Uint8Array[]): object {
  return class {
    static HEADERS_RECEIVED = 2
    readonly status = 200
    readyState = 0
    responseText = ''
    readonly #listeners: Record<string, (event: object) => void> = {}

    addEventListener(type: string, listener: (event: object) => void): void {
      this.#listeners[type] = listener
    }
    open(): void {}
    setRequestHeader(): void {}
    abort(): void {}
    getAllResponseHeaders(): string {
      return 'content-type: text/event-stream\r\n'
    }
    send(): void {
      queueMicrotask(() => {
        this.readyState = 2
        this.#tell('readystatechange')
        for (const text of textOf(chunks)) {
          this.responseText += text
          this.#tell('progress')
        }
        this.readyState = 4
        this.#tell('load')
      })
    }
    #tell(type: string): void {
      try {
        this.#listeners[type]?.({ currentTarget: this })
      } catch {
        // A browser reports what a listener throws, and goes on.
      }
    }
  }
}
