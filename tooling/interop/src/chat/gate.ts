/** How long a server waits for its client to have seen the first piece. A piece that is held back comes never. */
const PATIENCE = 5_000

/**
 * Stands between the first piece of an answer and the rest: the server passes it once the client has seen the first,
 * so that something which holds pieces back cannot go unnoticed, however slow the machine is.
 */
export class Gate {
  #sent = 0
  #seen = 0
  #open: () => void = () => {}

  /** For the server: the first piece is sent. @throws when the client does not see it */
  passed(): Promise<void> {
    this.#sent = performance.now()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The first piece was held back.')), PATIENCE)
      this.#open = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** For the client: the first piece is here. */
  readonly opened = (): void => {
    this.#seen = performance.now()
    this.#open()
  }

  /** How long the first piece was on its way, in milliseconds. */
  get delay(): number {
    return this.#seen - this.#sent
  }
}
