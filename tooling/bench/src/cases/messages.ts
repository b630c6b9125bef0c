import {
  addToChecksum,
  type Message,
  type Outcome,
  type TimedReader,
} from '@tooling/conformance/timed/work'
import type { Case, Implementation, OurImplementation } from '../case.ts'
import { type Chunking, cut, type Stream } from '../streams.ts'

/** A stream, and the message that went into it. */
export interface MessageStream {
  readonly stream: Stream
  readonly message: Message
}

/** Bytes to a finished message. Its name begins with that of its group. */
export function messageCase(
  name: `${string}/${string}`,
  size: Chunking,
  [one, other]: readonly [OurImplementation, Implementation],
  make: () => MessageStream,
): Case<TimedReader> {
  return {
    name: `${name}/${size}/message`,
    families: [name.split('/')[0]!],
    ours: one,
    peer: other,
    workload() {
      const { stream, message } = make()
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
    },
  }
}

/** The last letter of each text is read, which has it made. */
export function outcomeOf({ content, reasoning, arguments: args }: Message): Outcome {
  return { events: 1, checksum: [content, reasoning, args].reduce(addToChecksum, 0) }
}
