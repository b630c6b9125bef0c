import type { ClientTask } from './peer.ts'

interface Source extends EventTarget {
  readonly readyState: number
  close(): void
}

/** Listens to an EventSource of any make. */
export function listen(source: Source, { onData, stop }: ClientTask): Promise<void> {
  stop.addEventListener('abort', () => source.close())
  return new Promise((resolve) => {
    source.addEventListener('message', (event) => onData((event as MessageEvent<string>).data))
    source.addEventListener('error', () => {
      if (source.readyState === 2) resolve()
    })
  })
}
