import { oneByOne, payloadEvents, readAll, type TimedLog } from './work.ts'

interface Stored {
  readonly id: string
  readonly data: string
}

/**
 * An array of events with ids, and a promise that wakes its readers. It has no claims, no leases, no end by another process, no
 * limits and no store: what it takes less is the price of those.
 */
class PlainLog {
  readonly #events: Stored[] = []
  #isOver = false
  #wake: () => void = () => {}
  #woken = Promise.resolve()

  async write(source: Iterable<{ data: string }> | AsyncIterable<{ data: string }>): Promise<void> {
    this.#renew()
    for await (const { data } of source) {
      this.#events.push({ id: `1-${this.#events.length}`, data })
      this.#renew()
    }
    this.#isOver = true
    this.#wake()
  }

  #renew(): void {
    this.#wake()
    this.#woken = new Promise((resolve) => (this.#wake = resolve))
  }

  get count(): number {
    return this.#events.length
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

const replays = new Map<number, PlainLog>()

const log: TimedLog = {
  async write(count) {
    const plain = new PlainLog()
    await plain.write(payloadEvents(count))
    return { events: plain.count, checksum: 0 }
  },
  async pass(count) {
    const plain = new PlainLog()
    const { source, ready } = oneByOne(count)
    void plain.write(source)
    return readAll(plain.read(), ready)
  },
  async replay(count) {
    let plain = replays.get(count)
    if (plain === undefined) {
      plain = new PlainLog()
      replays.set(count, plain)
      await plain.write(payloadEvents(count))
    }
    return readAll(plain.read())
  },
}

export const { write, pass, replay } = log
