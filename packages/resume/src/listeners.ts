/** Listeners by name. A listener is called with the epoch of an entry that was stored. */
export class Listeners {
  readonly #byName = new Map<string, Set<(epoch: number) => void>>()

  /** @returns a function that removes the listener */
  add(name: string, wake: (epoch: number) => void): () => void {
    const those = this.#byName.get(name) ?? new Set()
    this.#byName.set(name, those.add(wake))
    return () => {
      those.delete(wake)
      // A second call must not remove the listeners that came later.
      if (those.size === 0 && this.#byName.get(name) === those) this.#byName.delete(name)
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  ring(name: string, epoch: number): void {
    for (const wake of this.#byName.get(name) ?? []) wake(epoch)
  }
}
