import {
  addToChecksum,
  type Message,
  type Outcome,
  type TimedReader,
} from '@tooling/conformance/timed/work'
import type { Workload } from '../case.ts'
import { cut, type Stream } from '../streams.ts'

/** A stream, and the message that went into it. */
export interface MessageStream {
  readonly stream: Stream
  readonly message: Message
}

/** Bytes to a finished message. */
export function messageWorkload(
  { stream, message }: MessageStream,
  size: number | 'block',
): Workload<TimedReader> {
  const chunks = cut(stream, size)
  return {
    events: stream.events.length,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    async faultOf(code) {
      const found = await code.read(chunks)
      return JSON.stringify(found) === JSON.stringify(message)
        ? undefined
        : 'it makes another message'
    },
    outcome: outcomeOf(message),
    run: async (code) => outcomeOf(await code.read(chunks)),
  }
}

/** The last letter of each text is read, which has it made. */
export function outcomeOf({ content, reasoning, arguments: args }: Message): Outcome {
  return { events: 1, checksum: [content, reasoning, args].reduce(addToChecksum, 0) }
}
