import { serverError } from '../errors.ts'
import { checkOfEvents } from '../read/options.ts'
import type { ChunkSource } from '../read/source.ts'
import { type Control, stoppable } from '../read/stoppable.ts'
import { serverErrorOf, type ServerError } from '../server-error.ts'
import { incompleteResponse } from './errors.ts'
import { errorIn } from './event-error.ts'
import { currentName, type Rule, ruleOf } from './event-table.ts'
import { Feed, type ReadOptions } from './feed.ts'
import type { ResponseNoteCode } from './notes.ts'
import type { ResponseEvent } from './types.ts'
import { endStatusOf } from './verdict.ts'
import type { Wire } from './wire.ts'

/** Options of {@link readEvents}. */
export interface ReadEventsOptions extends ReadOptions {
  /** What happens after the last event of a stream without a terminal event. Default: `'error'`. */
  readonly incomplete?: 'error' | 'return' | undefined
  /** Called with what was unusual. */
  readonly onNote?: ((code: ResponseNoteCode) => void) | undefined
}

/**
 * Reads a stream as events, each as the server sent it, under the current name of its type. Leaving the loop cancels the
 * source. Events of unknown types are passed on too.
 *
 * @param source - a `Response`, bytes, events, or the events of any client
 * @param options - a signal, a check of each event, what to do with a stream that was cut
 * @throws {@link ModelStreamError} after the last event, if the server sent an error or no terminal event
 *
 * @example
 * <!-- example: prelude answer -->
 * ```ts
 * import { readEvents } from '@tesserae/openai/responses'
 *
 * let text = ''
 * for await (const event of readEvents(response))
 *   if (event.type === 'response.output_text.delta') text += event.delta
 * text // => 'Hello, world!'
 * ```
 */
export function readEvents<Event = ResponseEvent>(
  source: ChunkSource,
  options: ReadEventsOptions = {},
): AsyncGenerator<Event, void> {
  const control: Control = {}
  return stoppable(eventsOf(source, options, control), control)
}

async function* eventsOf<Event>(
  source: ChunkSource,
  options: ReadEventsOptions,
  control: Control,
): AsyncGenerator<Event, void> {
  checkOfEvents(options)
  const events: Event[] = []
  let status: string | undefined
  let error: ServerError | undefined
  const feed = new Feed(
    source,
    {
      event(event) {
        options.check?.(event)
        const { type } = event
        const rule = ruleOf(type)
        error ??= errorIn(event, rule)
        status = endStatusOf(event, rule)
        if (isContent(event, rule)) feed.progress()
        events.push(named(event, type) as Event)
      },
      note: (code) => options.onNote?.(code),
      get isOver() {
        return status !== undefined
      },
    },
    options,
    true,
  )
  control.stop = () => feed.stop()
  try {
    while (await feed.step()) yield* events.splice(0)
  } catch (error) {
    // Events that arrived before the failure come before it here too.
    yield* events.splice(0)
    throw error
  } finally {
    feed.close()
  }
  yield* events.splice(0)
  if (status === 'failed' || (error && status === undefined))
    throw serverError(error ?? serverErrorOf({}, undefined))
  if (status === undefined && options.incomplete !== 'return')
    throw incompleteResponse('no-end', feed.isEmpty)
}

/** Whether an event adds to an item: for `tokenTimeout`, a response that opens and a heartbeat do not count. */
function isContent(event: Wire, rule: Rule | undefined): boolean {
  const isEmpty = event['delta'] === ''
  return rule !== undefined && !['response', 'error', 'nothing'].includes(rule.does) && !isEmpty
}

function named(event: Wire, type: unknown): Wire {
  const name = typeof type === 'string' ? currentName(type) : type
  return name === type ? event : { ...event, type: name }
}
