import { StreamError } from './errors.ts'
import type { Frame } from './frame.ts'
import { handleOf } from './handle.ts'
import type { Follower, Lifecycle } from './lifecycle.ts'
import type { EventStream, SseEventInit, StreamSource, UntrustedText } from './types.ts'

type EventIterator = Iterator<SseEventInit | Frame> | AsyncIterator<SseEventInit | Frame>

/**
 * What feeds a stream: calls a source that is a function, asks a sequence for one event after another while there is
 * room, and returns its iterator when the stream is over before it is used up. Of a stream that is over to begin with, a
 * function is not called, and a sequence is only returned.
 */
export class Drive implements Follower {
  readonly #stream: Lifecycle
  #iterator: EventIterator | undefined

  constructor(stream: Lifecycle) {
    this.#stream = stream
  }

  async run(source: StreamSource<never>, lastEventId: UntrustedText | undefined): Promise<void> {
    const stream = this.#stream
    let asking = false
    try {
      let made: unknown = source
      if (typeof source === 'function') {
        // Nobody is there any more.
        if (stream.isOver) return
        made = source(handleOf(stream, lastEventId) as EventStream<never>)
        // It settles when the stream is over, so there is nothing to wait for: half a kilobyte less for a hub's client.
        if (stream.isItsEnd(made)) return
      }
      this.#iterator = iteratorOf(await made)
      if (this.#iterator) stream.follow(this)
      else if (made === source)
        throw new StreamError('bad-source', 'The source must be iterable, or a function.')
      while (this.#iterator && !stream.isOver) {
        if (stream.isFull) {
          await stream.room()
          continue
        }
        asking = true
        const next = this.#iterator.next()
        const step = 'then' in next ? await next : next
        asking = false
        if (step.done) this.#iterator = undefined
        else if (!stream.isOver) stream.add(step.value)
      }
      stream.close('done')
    } catch (error) {
      // An iterator that throws is finished, and is not to be returned.
      if (asking) this.#iterator = undefined
      stream.fail(error)
    }
  }

  /** Asynchronous, so that whatever goes wrong in an iterator comes out here. */
  async onEnd(): Promise<void> {
    try {
      await this.#iterator?.return?.()
    } catch (error) {
      this.#stream.report(error)
    }
  }
}

function iteratorOf(value: unknown): EventIterator | undefined {
  const { [Symbol.asyncIterator]: begin, [Symbol.iterator]: beginSync } = (value ??
    0) as AsyncIterable<SseEventInit> & Iterable<SseEventInit>
  return begin ? begin.call(value) : beginSync?.call(value)
}
