import type { Running } from './servers/server.ts'

/** Servers that pairs have in common: each is started once, when the first pair needs it, and all are stopped at the end. */
export class SharedServers {
  /** Whether there is time for the most telling of the many ways alone. */
  readonly isQuick: boolean
  readonly #running = new Map<string, Promise<Running>>()

  constructor(isQuick: boolean) {
    this.isQuick = isQuick
  }

  get<Kind extends Running>(name: string, start: () => Promise<Kind>): Promise<Kind> {
    const running = this.#running.get(name) ?? start()
    this.#running.set(name, running)
    return running as Promise<Kind>
  }

  /** The last first, because it may be a proxy before another. */
  async clear(): Promise<void> {
    for (const running of [...this.#running.values()].toReversed())
      await running.then((server) => server.stop()).catch(() => {})
    this.#running.clear()
  }
}
