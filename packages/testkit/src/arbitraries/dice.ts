/**
 * Decisions from a list of numbers that fast-check makes and shrinks. When the list is used up every roll is 0, and 0 is
 * everywhere the plainest choice; so shorter lists and smaller numbers mean plainer results.
 */
export class Dice {
  readonly #rolls: readonly number[]
  #at = 0

  constructor(rolls: readonly number[]) {
    this.#rolls = rolls
  }

  /** A whole number from 0 to `sides - 1`. */
  roll(sides: number): number {
    return sides <= 1 ? 0 : (this.#rolls[this.#at++] ?? 0) % sides
  }

  /** Once in `times`, and never by default. */
  once(times: number): boolean {
    return this.roll(times) === times - 1
  }
}
