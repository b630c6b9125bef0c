import { brokenOff } from '../errors.ts'
import type { Store } from '../store.ts'
import { createStreams } from '../streams.ts'
import type { EndReason, Reading } from '../types.ts'
import type { CreateResumableStreamContextOptions, ResumableStreamContext } from './types.ts'

/** How long entries are kept, in milliseconds. */
export const KEEP = 86_400_000

export const KEY_PREFIX = 'resumable-stream'

/** The functions of resumable-stream over a log. Each chunk is one event, and its data the JSON of the text. */
export function contextOf(
  store: Store,
  { waitUntil, replayDone = false, onError }: CreateResumableStreamContextOptions,
): ResumableStreamContext {
  const streams = createStreams({ store, keep: KEEP, onError })

  const read = (id: string, skip: number): ReadableStream<string> => {
    let ended: EndReason | undefined
    const ending = ({ reason }: { reason: EndReason }): [] => {
      ended = reason
      return []
    }
    return textOf(streams.read(id, { ending }), skip, () => ended)
  }
  const start = async (
    id: string,
    make: () => ReadableStream<string>,
    skip: number,
  ): Promise<ReadableStream<string> | null> => {
    const run = await streams.start(id, () => eventsOf(make()))
    if (run.started) waitUntil?.(run.done)
    else if (!replayDone && (await streams.state(id)) !== 'live') return null
    return read(id, skip)
  }
  const resume: ResumableStreamContext['resumeExistingStream'] = async (id, skip = 0) => {
    const state = await streams.state(id)
    if (state === undefined) return undefined
    return state === 'live' || replayDone ? read(id, skip) : null
  }

  return {
    resumableStream: (id, make, skip = 0) => start(id, make, skip),
    async createNewResumableStream(id, make, skip = 0) {
      const state = await streams.state(id)
      if (state !== undefined && state !== 'live') await streams.remove(id)
      return start(id, make, skip)
    },
    resumeExistingStream: resume,
    async hasExistingStream(id) {
      const state = await streams.state(id)
      if (state === undefined) return null
      return state === 'live' ? true : 'DONE'
    },
    stop: (id) => streams.stop(id),
  }
}

/**
 * JSON, because a line of SSE cannot hold a CR. Not a generator: it would wait for the next chunk before it lets itself be
 * returned, and cancels.
 */
function eventsOf(chunks: ReadableStream<string>): AsyncIterable<{ data: string }> {
  const reader = chunks.getReader()
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const { done, value } = await reader.read()
        return done ? { done, value } : { done, value: { data: JSON.stringify(value) } }
      },
      async return() {
        reader.cancel().catch(() => {})
        return { done: true, value: undefined }
      },
    }),
  }
}

function textOf(
  reading: Reading,
  skipCharacters: number,
  ended: () => EndReason | undefined,
): ReadableStream<string> {
  const reader = reading[Symbol.asyncIterator]()
  let skip = skipCharacters
  return new ReadableStream<string>(
    {
      async pull(controller) {
        for (;;) {
          const { done, value } = await reader.next()
          if (done) {
            const reason = ended()
            if (reason === undefined || reason === 'stopped') controller.close()
            else controller.error(brokenOff(reason))
            return
          }
          // The only event with a name is `reset`: the store has forgotten what was read from it.
          if (value.event !== undefined) return controller.error(brokenOff('gone'))
          const text = JSON.parse(value.data) as string
          const rest = text.slice(skip)
          skip = Math.max(skip - text.length, 0)
          if (rest !== '') return controller.enqueue(rest)
        }
      },
      cancel: () => void reader.return(),
    },
    { highWaterMark: 0 },
  )
}
