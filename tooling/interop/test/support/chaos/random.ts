import { pick, seededRandom } from '../../../../config/random.ts'

/** Choices that are the same for the same seed. */
export class Random {
  readonly next: () => number

  constructor(seed: number) {
    this.next = seededRandom(seed)
  }

  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  pick<T>(all: readonly T[]): T {
    return pick(this.next, all)
  }
}
