// The ways in which parsers give events, each for all that have it.
import type { Found, FoundEvent } from './peer.ts'

/** Chunks as text, as the user of a parser of strings decodes them. What the last call holds back comes at the end. */
export function* textOf(chunks: readonly Uint8Array[]): Generator<string> {
  const decoder = new TextDecoder()
  for (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

interface Callbacks {
  readonly onEvent: (event: FoundEvent) => void
  readonly onRetry: (retry: number) => void
}

/** What is found, and the functions that a parser calls for it. */
export function collect(): Callbacks & { readonly found: Found } {
  const events: FoundEvent[] = []
  const retries: number[] = []
  return {
    found: { events, retries },
    onEvent: (event) => void events.push(event),
    onRetry: (retry) => void retries.push(retry),
  }
}

/** From a parser that calls back as eventsource-parser does, from its third version on. */
export function eventsFed<Chunk>(
  createParser: (callbacks: Callbacks) => { feed(chunk: Chunk): void },
  chunks: Iterable<Chunk>,
): Found {
  const { found, ...callbacks } = collect()
  const parser = createParser(callbacks)
  for (const chunk of chunks) parser.feed(chunk)
  return found
}

/** From an async iterable of messages, of which some may be no event. */
export async function eventsIn<Message>(
  messages: AsyncIterable<Message>,
  eventOf: (message: Message) => FoundEvent | undefined,
): Promise<Found> {
  const { found, onEvent } = collect()
  for await (const message of messages) {
    const event = eventOf(message)
    if (event !== undefined) onEvent(event)
  }
  return found
}

interface Source {
  readonly readyState: number
  dispatchEvent(event: Event): boolean
  close(): void
}

/**
 * Every event of an EventSource until its connection is lost, which it takes for an error: it would reconnect now.
 * A listener would have to name the events that it wants, so this looks at what is dispatched.
 */
export function everyEventOf(source: Source): Promise<Found> {
  const { found, onEvent } = collect()
  const dispatch = source.dispatchEvent.bind(source)
  return new Promise((resolve) => {
    source.dispatchEvent = (event: Event & Partial<MessageEvent>) => {
      if (event?.lastEventId !== undefined)
        onEvent({ event: event.type, data: event.data, id: event.lastEventId })
      else if (event?.type === 'error' || source.readyState === 2) {
        source.close()
        resolve(found)
      }
      return dispatch(event)
    }
  })
}
