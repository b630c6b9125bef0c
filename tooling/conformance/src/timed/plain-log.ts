import { type Log, timedLog } from './log.ts'

interface Stored {
  readonly id: string
  readonly data: string
}

/**
 * An array of events with ids, and a promise that wakes its readers. It has no claims, no leases, no end by another process, no
 * limits and no store: what it takes less is the price of those.
 */
class PlainLog implements Log {
  readonly #events: Stored[] = []
  #isOver = false
  #wake: () => void = () => {}
  #woken = Promise.resolve()

  start(source: Parameters<Log['start']>[0]): { readonly done: Promise<{ events: number }> } {
    return { done: this.#store(source) }
  }

  async #store(source: Parameters<Log['start']>[0]): Promise<{ events: number }> {
    this.#renew()
    for await (const { data } of source) {
      this.#events.push({ id: `1-${this.#events.length}`, data })
      this.#renew()
    }
    this.#isOver = true
    this.#wake()
    return { events: this.#events.length }
  }

  #renew(): void {
    this.#wake()
    this.#woken = new Promise((resolve) => (this.#wake = resolve))
  }

  async *read(): AsyncGenerator<Stored> {
    for (let index = 0; ; index++) {
      while (index === this.#events.length) {
        if (this.#isOver) return
        await this.#woken
      }
      yield this.#events[index]!
    }
  }
}

export const { write, pass, replay } = timedLog(() => new PlainLog())
