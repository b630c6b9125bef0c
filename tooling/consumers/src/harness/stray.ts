/** Errors that nothing catches. They fail the test during which they arrive, as they do under vitest. */
export class StrayErrors {
  /** By the promise that was rejected, where there is one. */
  readonly #errors = new Map<unknown, unknown>()
  readonly #stopListening: () => void

  constructor() {
    const { process } = globalThis as { process?: ProcessEvents }
    this.#stopListening =
      typeof process?.on === 'function' ? this.#listenToProcess(process) : this.#listenToGlobal()
  }

  /** What has arrived since it was last asked. */
  take(): unknown[] {
    const errors = [...this.#errors.values()]
    this.#errors.clear()
    return errors
  }

  stop(): unknown[] {
    this.#stopListening()
    return this.take()
  }

  #add = (error: unknown, promise: unknown = {}): void => {
    this.#errors.set(promise, error)
  }

  /** Node and Bun report here, and would end the process without a listener; Deno reports here too. */
  #listenToProcess(process: ProcessEvents): () => void {
    const onException = (error: unknown): void => this.#add(error)
    process.on('unhandledRejection', this.#add)
    process.on('uncaughtException', onException)
    return () => {
      process.off('unhandledRejection', this.#add)
      process.off('uncaughtException', onException)
    }
  }

  #listenToGlobal(): () => void {
    const onRejection = ({ reason, promise }: PromiseRejectionEvent): void =>
      this.#add(reason, promise)
    // workerd does not wait for the end of the task before it calls a rejection unhandled, and takes it back later.
    const onHandled = ({ promise }: PromiseRejectionEvent): void =>
      void this.#errors.delete(promise)
    const onError = ({ error, message }: ErrorEvent): void => this.#add(error ?? message)
    addEventListener('unhandledrejection', onRejection)
    addEventListener('rejectionhandled', onHandled)
    addEventListener('error', onError)
    return () => {
      removeEventListener('unhandledrejection', onRejection)
      removeEventListener('rejectionhandled', onHandled)
      removeEventListener('error', onError)
    }
  }
}

interface ProcessEvents {
  on: (event: string, listener: (error: unknown, promise: unknown) => void) => void
  off: (event: string, listener: (error: unknown, promise: unknown) => void) => void
}
