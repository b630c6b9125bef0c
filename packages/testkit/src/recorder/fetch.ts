import { serverOf } from './server.ts'
import { withoutSecrets, type Secrets } from '../transcript/secrets.ts'
import type { End, Read, Transcript, TranscriptRequest } from '../transcript/types.ts'

/** Options of {@link recordFetch}. */
export interface RecordFetchOptions {
  /** What to record through. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** The transcripts' provenance. */
  readonly provenance?: Readonly<Record<string, string>> | undefined
  /** What is removed beside what always is. */
  readonly secrets?: Secrets | undefined
}

/** What {@link recordFetch} returns. */
export interface FetchRecorder {
  /** Hand this to the client whose exchanges are to be recorded. */
  readonly fetch: typeof fetch
  /** All exchanges so far, in the order of the calls. One whose body is not read to its end counts as aborted there. */
  readonly transcripts: () => Transcript[]
}

const encoder = new TextEncoder()

/**
 * A `fetch` that keeps a transcript of each exchange, for clients that take a `fetch` of yours.
 *
 * It records what `fetch` shows: no framing, a decompressed body, a read for each chunk of the stream, at the time
 * that the client asked for it. {@link record} sees the bytes themselves. Secrets are removed. Nothing that goes
 * through is changed.
 *
 * @example
 * ```ts
 * import { recordFetch } from '@tesserae/testkit/recorder'
 * import { meaningOf } from '@tesserae/testkit/transcript'
 *
 * const server = async () => new Response('data: Hello\n\n', { headers: { 'content-type': 'text/event-stream' } })
 * const recorder = recordFetch({ fetch: server })
 * const response = await recorder.fetch('http://127.0.0.1/', { headers: { authorization: 'Bearer sk-secret' } })
 * await response.text()
 *
 * const [transcript] = recorder.transcripts()
 * console.log(transcript?.request?.headers[0]) // => ['authorization', '[removed]']
 * console.log(transcript && meaningOf(transcript).events) // => 1
 * ```
 */
export function recordFetch(options: RecordFetchOptions = {}): FetchRecorder {
  const exchanges = new Set<Exchange>()
  const { fetch: send = globalThis.fetch } = options
  return {
    async fetch(input, init) {
      const exchange = new Exchange(input, init, options)
      exchanges.add(exchange)
      try {
        return exchange.watch(await send(input, init))
      } catch (error) {
        exchanges.delete(exchange)
        throw error
      }
    },
    transcripts: () =>
      [...exchanges].filter(({ isAnswered }) => isAnswered).map((each) => each.transcript()),
  }
}

class Exchange {
  readonly #options: RecordFetchOptions
  readonly #url: URL
  readonly #request: Omit<TranscriptRequest, 'body'>
  readonly #start = performance.now()
  readonly #reads: Read[] = []
  /** `undefined`: a body that cannot be seen without taking it away from the one who sends it. */
  #body: Uint8Array | undefined
  #end: End | undefined

  constructor(input: RequestInfo | URL, init: RequestInit = {}, options: RecordFetchOptions) {
    this.#options = options
    const request = input instanceof Request ? input : undefined
    this.#url = new URL(request?.url ?? String(input))
    this.#request = {
      method: (init.method ?? request?.method ?? 'GET').toUpperCase(),
      target: this.#url.pathname + this.#url.search,
      headers: [...new Headers(init.headers ?? request?.headers)],
    }
    this.#body = bytesOf(init.body)
    if (init.body === undefined && request?.body) {
      this.#body = undefined
      // Not awaited: a body may be written while the response is being read.
      void request
        .clone()
        .arrayBuffer()
        .then(
          (bytes) => (this.#body = new Uint8Array(bytes)),
          () => {},
        )
    }
  }

  get isAnswered(): boolean {
    return this.#reads.length > 0
  }

  watch(response: Response): Response {
    this.#reads.push({ at: this.#elapsed(), parts: [{ of: 'head', bytes: headBytes(response) }] })
    if (response.body === null) {
      this.#finish('complete', '')
      return response
    }
    const { status, statusText, headers } = response
    const copy = new Response(this.#watchBody(response.body.getReader()), {
      status,
      statusText,
      headers,
    })
    // A Response that was made has no address; this one came from somewhere.
    for (const name of ['url', 'redirected', 'type'] as const) {
      Object.defineProperty(copy, name, { value: response[name], configurable: true })
    }
    return copy
  }

  transcript(): Transcript {
    const { provenance = {}, secrets } = this.#options
    const reads = [...this.#reads]
    return withoutSecrets(
      {
        title: `${this.#request.method} ${this.#url.pathname}`,
        provenance: {
          ...serverOf(this.#url),
          ...provenance,
          ...(this.#body === undefined
            ? { unrecorded: 'the body of the request, which was a stream' }
            : {}),
        },
        request: { ...this.#request, body: this.#body ?? new Uint8Array(0) },
        response: {
          source: 'fetch',
          reads,
          end: this.#end ?? {
            at: reads.at(-1)?.at ?? 0,
            how: 'aborted',
            why: 'not read to its end',
          },
        },
      },
      secrets,
    )
  }

  #watchBody(reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: 'bytes',
      pull: async (controller) => {
        try {
          const { done, value } = await nextBytes(reader)
          if (!done) {
            this.#reads.push({
              at: this.#elapsed(),
              parts: [{ of: 'body', bytes: new Uint8Array(value) }],
            })
            controller.enqueue(value as Uint8Array<ArrayBuffer>)
            return
          }
          this.#finish('complete', '')
          controller.close()
          // A caller that reads into its own buffer gets zero bytes.
          controller.byobRequest?.respond(0)
        } catch (error) {
          this.#finish(...lossOf(error))
          controller.error(error)
        }
      },
      cancel: (reason) => {
        this.#finish('aborted', 'the reader went away')
        return reader.cancel(reason)
      },
    })
  }

  #finish(how: End['how'], why: string): void {
    this.#end ??= { at: this.#elapsed(), how, why }
  }

  #elapsed(): number {
    return Math.round((performance.now() - this.#start) * 10) / 10
  }
}

/** The next read that brought something. */
async function nextBytes(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  while (true) {
    const result = await reader.read()
    if (result.done || result.value.length > 0) return result
  }
}

function lossOf(error: unknown): ['cut' | 'aborted', string] {
  if (!(error instanceof Error)) return ['cut', '']
  const { cause, name } = error
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : name
  return [name === 'AbortError' || name === 'TimeoutError' ? 'aborted' : 'cut', why]
}

/** As an HTTP/1 head, without a version: `fetch` does not tell which it was. */
function headBytes({ status, statusText, headers }: Response): Uint8Array {
  const fields = [...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${status} ${statusText}\r\n${fields.join('')}\r\n`
  return Uint8Array.from(head, (character) => character.charCodeAt(0))
}

function bytesOf(body: BodyInit | null | undefined): Uint8Array | undefined {
  if (body === null || body === undefined) return new Uint8Array(0)
  if (typeof body === 'string' || body instanceof URLSearchParams)
    return encoder.encode(String(body))
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0))
  if (ArrayBuffer.isView(body))
    return new Uint8Array(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  return undefined
}
