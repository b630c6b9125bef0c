// The ways in which parsers give events, each for all that have it.
import { responseOf } from '../timed/response.ts'
import type { Found, FoundEvent, Read } from './peer.ts'

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
export function collect(): Required<Found> & Callbacks {
  const events: FoundEvent[] = []
  const retries: number[] = []
  return {
    events,
    retries,
    onEvent: (event) => void events.push(event),
    onRetry: (retry) => void retries.push(retry),
  }
}

/** A parser that calls back as eventsource-parser does, from its third version on. */
export function callingBack<Chunk>(
  createParser: (callbacks: Callbacks) => { feed(chunk: Chunk): void },
  chunksOf: (chunks: readonly Uint8Array[]) => Iterable<Chunk>,
): Read {
  return (chunks) => {
    const { events, retries, ...callbacks } = collect()
    const parser = createParser(callbacks)
    for (const chunk of chunksOf(chunks)) parser.feed(chunk)
    return { events, retries }
  }
}

/** A parser that makes an async iterable of a response. Messages that are no event are `undefined`. */
export function iterating<Message>(
  open: (response: Response) => AsyncIterable<Message>,
  eventOf: (message: Message) => FoundEvent | undefined,
): Read {
  return async (chunks) => {
    const { events, onEvent } = collect()
    for await (const message of open(responseOf(chunks))) {
      const event = eventOf(message)
      if (event !== undefined) onEvent(event)
    }
    return { events }
  }
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
  const { events, onEvent } = collect()
  const dispatch = source.dispatchEvent.bind(source)
  return new Promise((resolve) => {
    source.dispatchEvent = (event: Event & Partial<MessageEvent>) => {
      if (event?.lastEventId !== undefined)
        onEvent({ event: event.type, data: event.data, id: event.lastEventId })
      else if (event?.type === 'error' || source.readyState === 2) {
        source.close()
        resolve({ events })
      }
      return dispatch(event)
    }
  })
}
