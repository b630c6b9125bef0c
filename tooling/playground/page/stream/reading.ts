import type { Failure } from './message-log.ts'
import type { TapeEnd } from './tape.ts'

export interface ResponseSettings {
  readonly status: number
  readonly contentType: string
  readonly maxEventBytes?: number | undefined
}

/** An error of the package as plain data. */
export function failureOf({ code, message, cause, data, error }: Failure): Failure {
  return { code, message, cause, data, error }
}

/** The response as it came. Some kinds have no body, and cannot be made with one. */
export function responseOf(
  { status, contentType }: ResponseSettings,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
): Response {
  const headers: Record<string, string> = contentType === '' ? {} : { 'content-type': contentType }
  const hasNone = status === 204 || status === 205 || status === 304
  return new Response(hasNone ? null : (body as BodyInit), { status, headers })
}

interface Fed {
  readonly bytes: Uint8Array
  readonly known: number
}

/** Hands bytes on one by one, as they are asked for, so that the next delta came from them. */
export class Feed {
  /** How many bytes had come with those that were handed on last. */
  known = 0
  readonly #aborter = new AbortController()
  readonly signal: AbortSignal = this.#aborter.signal
  #waiting: Fed[] = []
  #at = 0
  #end: TapeEnd | undefined
  #wake: (() => void) | undefined

  push(fed: Fed): void {
    this.#waiting.push(fed)
    this.#wake?.()
  }

  end(end: TapeEnd): void {
    this.#end = end
    this.#wake?.()
  }

  stream(): ReadableStream<Uint8Array> {
    // Nothing is asked for ahead of its time.
    return new ReadableStream(
      { pull: (controller) => this.#pull(controller) },
      { highWaterMark: 0 },
    )
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const fed = this.#waiting[this.#at]
      if (fed) {
        this.#at++
        if (this.#at === this.#waiting.length) {
          this.#waiting = []
          this.#at = 0
        }
        this.known = fed.known
        controller.enqueue(fed.bytes)
        return
      }
      if (this.#end) {
        this.known = Infinity
        const { how, error } = this.#end
        // Not within the call that asks for more: the reader has to be waiting for it.
        await Promise.resolve()
        if (how === 'closed') controller.close()
        else if (how === 'failed') controller.error(error)
        else this.#aborter.abort(error)
        return
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
    }
  }
}
