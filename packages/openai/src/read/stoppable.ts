/** What a generator leaves to be called when it is left. */
export interface Control {
  stop?: () => void
}

/**
 * A generator whose `return()` takes effect at once. That of a plain async generator waits for the pending `next()`,
 * which may wait for a server that has fallen silent.
 */
export function stoppable<T, Result>(
  inner: AsyncGenerator<T, Result>,
  control: Control,
): AsyncGenerator<T, Result> {
  let isLeft = false
  const leave = (): void => {
    isLeft = true
    control.stop?.()
  }
  return {
    next: () =>
      inner.next().catch((error: unknown) => {
        // The caller that left does not hear how the stream ended.
        if (!isLeft) throw error
        return { done: true, value: undefined }
      }),
    return(value) {
      leave()
      return inner.return(value)
    },
    throw(error) {
      leave()
      return inner.throw(error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  } as AsyncGenerator<T, Result>
}
