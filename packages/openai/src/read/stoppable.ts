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
  return {
    next: () => inner.next(),
    return(value) {
      control.stop?.()
      return inner.return(value)
    },
    throw(error) {
      control.stop?.()
      return inner.throw(error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  } as AsyncGenerator<T, Result>
}
