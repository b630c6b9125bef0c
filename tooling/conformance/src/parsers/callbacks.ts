import type { Found, FoundEvent } from './peer.ts'

interface Callbacks {
  readonly onEvent: (event: FoundEvent) => void
  readonly onRetry: (retry: number) => void
}

/** Reads with a parser that calls back as eventsource-parser does, from its third version on. */
export function readByCallbacks<Chunk>(
  createParser: (callbacks: Callbacks) => { feed(chunk: Chunk): void },
  chunks: Iterable<Chunk>,
): Found {
  const events: FoundEvent[] = []
  const retries: number[] = []
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (retry) => retries.push(retry),
  })
  for (const chunk of chunks) parser.feed(chunk)
  return { events, retries }
}
