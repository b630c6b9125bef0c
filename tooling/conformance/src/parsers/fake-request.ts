import { textOf } from './read.ts'

/** As much of an `XMLHttpRequest` as sse.js asks for. */
export function requestOf(chunks: readonly Uint8Array[]): object {
  return class extends EventTarget {
    static HEADERS_RECEIVED = 2
    readonly status = 200
    readyState = 0
    responseText = ''

    open(): void {}
    setRequestHeader(): void {}
    abort(): void {}
    getAllResponseHeaders(): string {
      return 'content-type: text/event-stream\r\n'
    }
    send(): void {
      queueMicrotask(() => {
        this.readyState = 2
        this.dispatchEvent(new Event('readystatechange'))
        for (const text of textOf(chunks)) {
          this.responseText += text
          this.dispatchEvent(new Event('progress'))
        }
        this.readyState = 4
        this.dispatchEvent(new Event('load'))
      })
    }
  }
}
