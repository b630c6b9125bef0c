// Reads a response on a thread of its own, so that the time of a chunk is when it came and not when the page had time.
/* oxlint-disable unicorn/require-post-message-target-origin -- The messages of a worker have no target origin. */
import { MOST_BYTES } from './fetch-errors.ts'
import type { FetchOrder, FetchReport } from './fetch-stream.ts'

/** What a worker has of its global scope; the types of the page describe a window. */
const scope = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: MessageEvent<FetchOrder>) => void): void
  postMessage(report: FetchReport, transfer?: Transferable[]): void
}

scope.addEventListener('message', ({ data }) => void run(data))

async function run({ url, method, headers, body, forwarded }: FetchOrder): Promise<void> {
  const sent = performance.now()
  const now = (): number => performance.now() - sent
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      cache: 'no-store',
      credentials: 'same-origin',
    })
    const head = forwarded ? response.headers.get('playground-head') : undefined
    if (forwarded && !head) {
      const { error } = (await response.json()) as { error: { code: string; message: string } }
      return scope.postMessage({ type: 'end', at: now(), how: 'unreachable', ...error })
    }
    const { status, headers: pairs } = head
      ? (JSON.parse(decodeURIComponent(head)) as { status: number; headers: [string, string][] })
      : { status: response.status, headers: [...response.headers] }
    scope.postMessage({ type: 'head', at: now(), status, headers: pairs })
    const reader = response.body?.getReader()
    let length = 0
    for (let read; (read = await reader?.read())?.value;) {
      const at = now()
      const bytes = read.value
      length += bytes.length
      scope.postMessage({ type: 'chunk', at, bytes }, [bytes.buffer])
      if (length > MOST_BYTES) {
        await reader?.cancel()
        return scope.postMessage({ type: 'end', at: now(), how: 'too-long' })
      }
    }
    scope.postMessage({ type: 'end', at: now(), how: 'closed' })
  } catch (error) {
    scope.postMessage({ type: 'end', at: now(), how: 'failed', error })
  }
}
