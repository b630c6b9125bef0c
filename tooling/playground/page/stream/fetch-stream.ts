import { ForwarderError, TooLong } from './fetch-errors.ts'
import { Recording, type Timing } from './recording.ts'
import type { Protocol } from './protocol.ts'
import type { TapeEnd } from './tape.ts'

/** What is to be fetched. */
export interface StreamRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly timing: Timing
  /** Through the server of the page, which no other server can refuse by CORS. */
  readonly isForwarded?: boolean | undefined
  readonly protocol?: Protocol | undefined
  readonly maxEventBytes?: number | undefined
}

/** The message to the worker. */
export interface FetchOrder {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly forwarded: boolean
}

/** A message of the worker, with the milliseconds since the request. */
export type FetchReport =
  | {
      readonly type: 'head'
      readonly at: number
      readonly status: number
      readonly headers: readonly (readonly [string, string])[]
    }
  | { readonly type: 'chunk'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly at: number; readonly how: 'closed' | 'too-long' }
  | { readonly type: 'end'; readonly at: number; readonly how: 'failed'; readonly error: unknown }
  | {
      readonly type: 'end'
      readonly at: number
      readonly how: 'unreachable'
      readonly code: string
      readonly message: string
    }

export interface StreamListener {
  /** The head came, or nothing did and nothing will. */
  begins(recording: Recording): void
  /** Something came, or the end. */
  comes(): void
}

export interface OpenStream {
  /** Gives it up. What has come stays. */
  stop(): void
}

/** The path on the server of the page that forwards a request. */
const FORWARD = '/playground/forward'

/** Fetches a stream in a worker, and records it as it comes. */
export function fetchStream(request: StreamRequest, listener: StreamListener): OpenStream {
  const worker = new Worker(new URL('./fetch-worker.ts', import.meta.url), { type: 'module' })
  const sent = performance.now()
  let recording: Recording | undefined

  const begin = (
    headAt: number,
    status = 200,
    headers: Recording['settings']['headers'] = [],
  ): Recording => {
    const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
    const { timing, protocol, maxEventBytes } = request
    recording = new Recording({
      status,
      contentType,
      headers,
      headAt,
      timing,
      protocol,
      maxEventBytes,
    })
    listener.begins(recording)
    return recording
  }
  const finish = async (end: TapeEnd): Promise<void> => {
    worker.terminate()
    const open = recording ?? begin(Infinity)
    await open.end(end)
    listener.comes()
  }

  worker.addEventListener('message', ({ data }: MessageEvent<FetchReport>) => {
    if (data.type === 'head') begin(data.at, data.status, data.headers)
    else if (data.type === 'chunk') {
      recording?.push(data.bytes, data.at)
      listener.comes()
    } else void finish(endOf(data))
  })
  worker.addEventListener('error', () => {
    const error = new TypeError('The worker that reads the stream did not start.')
    void finish({ at: performance.now() - sent, how: 'failed', error })
  })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A worker has no origin to name.
  worker.postMessage(orderOf(request))
  return {
    stop: () => {
      if (recording?.tape.end) return
      const error = new DOMException('Stopped by the user.', 'AbortError')
      void finish({ at: performance.now() - sent, how: 'stopped', error })
    },
  }
}

function endOf(report: Extract<FetchReport, { type: 'end' }>): TapeEnd {
  const { at } = report
  if (report.how === 'closed') return { at, how: 'closed' }
  if (report.how === 'failed') return { at, how: 'failed', error: report.error }
  if (report.how === 'unreachable')
    return { at, how: 'failed', error: new ForwarderError(report.code, report.message) }
  return { at, how: 'failed', error: new TooLong() }
}

function orderOf({ url, method, headers, body, isForwarded = false }: StreamRequest): FetchOrder {
  if (!isForwarded)
    return { url: new URL(url, location.href).href, method, headers, body, forwarded: false }
  return {
    url: new URL(FORWARD, location.href).href,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, method, headers, body }),
    forwarded: true,
  }
}

/** The JSON that a request is answered with. It throws with a sentence for the user when there is none. */
export async function readWhole(request: StreamRequest): Promise<unknown> {
  const { url, method, headers, body, forwarded } = orderOf(request)
  const response = await fetch(url, { method, headers, body: body ?? null, cache: 'no-store' })
  const value: unknown = await response.json().catch(() => undefined)
  const head = response.headers.get('playground-head')
  const status =
    forwarded && head
      ? Number(/"status":(\d+)/.exec(decodeURIComponent(head))?.[1])
      : response.status
  if (value === undefined) throw new Error(`The answer with status ${status} is not JSON.`)
  if (status > 299) {
    const { error } = value as { error?: { message?: string } }
    throw new Error(`Status ${status}: ${error?.message ?? 'no reason is given'}`)
  }
  return value
}
