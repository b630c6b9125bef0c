/**
 * Stands between the first words of an answer and the rest: the server passes it once the client has seen the first, so
 * that something which holds them back cannot go unnoticed, however slow the machine is.
 */
export class Gate {
  readonly #patience: number
  readonly #opened = Promise.withResolvers<void>()
  #sent: number | undefined
  #isLate = false
  /** How long the first words were on their way, in milliseconds, if they came before the rest. */
  delay: number | undefined

  /** @param patience - how long the server waits: what is held back would come never */
  constructor(patience = 5_000) {
    this.#patience = patience
  }

  /** For the server: the first words are sent. @throws when the client does not see them */
  async passed(): Promise<void> {
    this.#sent = performance.now()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      this.#isLate = true
      late.reject(new Error('The first words were held back.'))
    }, this.#patience)
    try {
      await Promise.race([this.#opened.promise, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** For the client: the first words are here. */
  readonly open = (): void => {
    if (this.#sent === undefined || this.#isLate) return
    this.delay ??= performance.now() - this.#sent
    this.#opened.resolve()
  }
}
