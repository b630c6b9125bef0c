import { aborted } from '../errors.ts'
import { assertUnread } from '../read/source.ts'

/** A source that is forwarded while it is read. */
export interface Forwarded {
  /** The same chunks, unchanged, at the pace of the one who reads them. */
  readonly body: ReadableStream<Uint8Array>
  /** Each chunk when it is forwarded; the status and the headers of an answer that is not a success. */
  readonly seen: Response | ReadableStream<Uint8Array>
  /** The rest is forwarded and not read. */
  readonly ignore: () => void
}

/** Forwards the bytes of a source. What reads `seen` is asked first, and waits for the reader of `body`. */
export function forward(source: Response | ReadableStream<Uint8Array>): Forwarded {
  assertUnread(source)
  const stream = 'getReader' in source ? source : (source.body ?? new Response('').body)
  const reader = (stream as ReadableStream<Uint8Array>).getReader()
  const copies = new Copies()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            copies.end()
            return controller.close()
          }
          // Read before it is given away: the reader of the body may transfer its buffer.
          await copies.give(value)
          controller.enqueue(value)
        } catch (error) {
          copies.fail(error)
          controller.error(error)
        }
      },
      cancel(reason) {
        copies.fail(aborted(reason))
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return { body, seen: seenOf(source, copies), ignore: () => copies.ignore() }
}

function seenOf(source: Response | ReadableStream<Uint8Array>, copies: Copies): Forwarded['seen'] {
  if (!('ok' in source) || source.ok) return copies.stream()
  // A status such as 304 allows no body.
  return source.body === null ? source : new Response(copies.stream(), source)
}

/** Hands chunks to the accumulator, and waits until it asks for the next. */
class Copies {
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  #asked: (() => void) | undefined
  #isIgnored = false

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#asked?.(),
        cancel: () => this.ignore(),
      },
      { highWaterMark: 0 },
    )
  }

  /** Resolves when the chunk has been read. */
  give(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#isIgnored) return undefined
    return new Promise((resolve) => {
      this.#asked = resolve
      this.#controller?.enqueue(chunk as Uint8Array<ArrayBuffer>)
    })
  }

  end(): void {
    if (!this.#isIgnored) this.#controller?.close()
  }

  fail(error: unknown): void {
    if (!this.#isIgnored) this.#controller?.error(error)
  }

  /** The accumulator has what it needs, such as `[DONE]`: the rest is forwarded and not read. */
  ignore(): void {
    this.#isIgnored = true
    this.#asked?.()
  }
}
