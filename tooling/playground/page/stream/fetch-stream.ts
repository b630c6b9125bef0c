import { Recording } from './recording.ts'
import type { StreamRequest } from './scenes.ts'

/** What is told while a stream comes. */
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

/** More than this is not kept: the page holds a stream in memory as long as it shows it. */
export const MOST_BYTES = 64 * 1024 * 1024

/** The page keeps no more of a stream. */
export class TooLong extends Error {
  constructor() {
    super(
      `The page keeps ${MOST_BYTES >> 20} MiB of a stream, and this one has more: it was left there.`,
    )
    this.name = 'TooLong'
  }
}

/** Fetches a stream, and records it as it comes. */
export function fetchStream(request: StreamRequest, listener: StreamListener): OpenStream {
  const { url, method, headers, body, dialect, maxEventBytes } = request
  const controller = new AbortController()
  const sent = performance.now()
  const now = (): number => performance.now() - sent

  async function run(): Promise<void> {
    let recording: Recording | undefined
    const begin = (status: number, contentType: string, isOpen = true): Recording => {
      recording = new Recording({
        status,
        contentType,
        dialect,
        maxEventBytes,
        headAt: isOpen ? now() : Infinity,
      })
      listener.begins(recording)
      return recording
    }
    try {
      const response = await fetch(url, {
        method,
        headers,
        body: body ?? null,
        signal: controller.signal,
        cache: 'no-store',
        credentials: 'same-origin',
      })
      const open = begin(response.status, response.headers.get('content-type') ?? '')
      const reader = response.body?.getReader()
      for (let read; (read = await reader?.read())?.value;) {
        open.push(read.value, now())
        listener.comes()
        if (open.tape.length > MOST_BYTES) throw new TooLong()
      }
      await open.end({ at: now(), how: 'closed' })
    } catch (error) {
      const isStopped = controller.signal.aborted
      const how = isStopped ? 'stopped' : 'failed'
      const open = recording ?? begin(200, '', false)
      await open.end({ at: now(), how, error })
      controller.abort()
    }
    listener.comes()
  }

  void run()
  return { stop: () => controller.abort() }
}
