/** What stands between the two ends: takes chunks, gives what they hold one at a time. */
export interface Step<In, Out> {
  feed(chunk: In): void
  next(): Out | undefined
  end(): unknown
}

/**
 * Two ends for `pipeThrough`: something is given when it is asked for, and a chunk is taken when the one before is
 * used up. So when the source fails, or `next` throws, everything before that has been delivered; a `TransformStream`
 * would throw away what waits in its queue.
 */
export function pulledPair<In, Out>(
  step: Step<In, Out>,
): {
  readable: ReadableStream<Out>
  writable: WritableStream<In>
} {
  let source: ReadableStreamDefaultController<Out>
  let sink: WritableStreamDefaultController
  let ended = false
  let failure: { readonly error: unknown } | undefined
  // Tells the writer that its chunk is used up, and the reader that there is something new.
  let usedUp = (): void => {}
  let arrived = (): void => {}

  const readable = new ReadableStream<Out>(
    {
      start: (controller) => void (source = controller),
      async pull() {
        try {
          for (;;) {
            const next = step.next()
            if (next !== undefined) return source.enqueue(next)
            if (failure) throw failure.error
            if (ended) return source.close()
            usedUp()
            await new Promise<void>((resolve) => (arrived = resolve))
          }
        } catch (error) {
          stopWriting(error)
          throw error
        }
      },
      cancel: stopWriting,
    },
    { highWaterMark: 0 },
  )
  const writable = new WritableStream<In>({
    start: (controller) => void (sink = controller),
    write(chunk) {
      try {
        step.feed(chunk)
      } catch (error) {
        fail(error)
        throw error
      }
      return new Promise<void>((resolve) => {
        usedUp = resolve
        arrived()
      })
    },
    close() {
      ended = true
      try {
        step.end()
      } catch (error) {
        failure = { error }
      }
      arrived()
    },
    abort: fail,
  })
  return { readable, writable }

  function stopWriting(reason: unknown): void {
    sink.error(reason)
    usedUp()
  }

  function fail(error: unknown): void {
    failure = { error }
    arrived()
  }
}
