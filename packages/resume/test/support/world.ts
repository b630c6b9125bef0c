/**
 * A world without real time or a real network: a clock that moves only when told, a store whose every answer is in the hands of
 * a scheduler, and random tokens from a seed. The same choices give the same run.
 */
import type { Entry, Place, Platform, Store } from '@tesserae/resume'

/** What happens to one call of the store. */
export type Fault =
  | 'none'
  /** The call never arrives, and the caller gets an error. */
  | 'lost call'
  /** The call arrives, and its answer does not. */
  | 'lost answer'
  /** The caller gets an error, and the call arrives later all the same. */
  | 'late call'
  /** The call arrives, and its answer comes later. */
  | 'late answer'
  /** The call arrives twice. */
  | 'doubled call'

/** Picks one of `count` possibilities. */
export type Choose = (count: number) => number

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Enough rounds of the microtask queue for everything that one answer causes. */
const ROUNDS = 80

export async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await undefined
}

export class World {
  now = 0
  readonly log: Entry[] = []
  /** Calls and answers that are under way. */
  readonly tasks: (() => void)[] = []
  readonly #timers = new Set<Timer>()
  readonly #watchers = new Set<(epoch: number) => void>()
  #tokens = 0
  readonly choose: Choose
  /** Decides what happens to each call. */
  fault: (kind: 'append' | 'read' | 'last') => Fault = () => 'none'
  /** Decides what happens to each hint: how many times it arrives. */
  hints: () => number = () => 1
  /** Whether time passes although something else could happen. */
  impatient: () => boolean = () => false
  /** How many milliseconds each answer takes, beside the choices of the scheduler. */
  slowness = 0
  calls = 0

  constructor(choose: Choose) {
    this.choose = choose
  }

  /** The platform of one process. */
  readonly platform: Platform = {
    now: () => this.now,
    timer: (delay, run) => {
      const timer = { at: this.now + delay, run }
      this.#timers.add(timer)
      return () => this.#timers.delete(timer)
    },
    token: () => `${(++this.#tokens * 7919).toString(36).padStart(8, '0')}${'z'.repeat(12)}`,
  }

  readonly store: Store = {
    append: (_, place, body, { create }) =>
      this.#call('append', () => {
        const newest = this.log.at(-1)
        if (!newest && !create) return 'gone'
        if (newest && compare(place, newest) <= 0) return 'refused'
        this.log.push({ epoch: place.epoch, number: place.number, body })
        this.#hint(place.epoch)
        return 'stored'
      }),
    read: (_, from, limit) =>
      this.#call('read', () =>
        this.log.filter((entry) => !from || compare(entry, from) >= 0).slice(0, limit),
      ),
    last: (_, limit) => this.#call('last', () => this.log.slice(-limit).toReversed()),
    remove: () => this.#call('append', () => void (this.log.length = 0)),
    watch: (_, wake) => {
      this.#watchers.add(wake)
      return () => this.#watchers.delete(wake)
    },
  }

  get timers(): number {
    return this.#timers.size
  }

  get watchers(): number {
    return this.#watchers.size
  }

  /** Something outside the package that takes a while: until the scheduler picks it, or `delay` milliseconds. */
  pause(delay?: number): Promise<void> {
    return new Promise((resolve) => {
      if (delay === undefined) this.tasks.push(resolve)
      else this.platform.timer(delay, resolve)
    })
  }

  /** Lets one thing happen: a task of the scheduler's choice, or the next timer. @returns whether there was anything */
  async step(): Promise<boolean> {
    await settle()
    const { tasks } = this
    const hasTimer = this.#timers.size > 0
    if (tasks.length === 0 && !hasTimer) return false
    if (tasks.length === 0 || (hasTimer && this.impatient())) this.#fire()
    else tasks.splice(tasks.length === 1 ? 0 : this.choose(tasks.length), 1)[0]?.()
    await settle()
    return true
  }

  /** Lets things happen until a promise is settled, or for so many milliseconds of the world's time. */
  async until<T>(promise: Promise<T>, most = 60_000): Promise<T | 'still waiting'> {
    const state = { isSettled: false }
    const mark = (): void => void (state.isSettled = true)
    promise.then(mark, mark)
    await settle()
    const deadline = this.now + most
    // A reader that takes many events from memory needs more rounds than one answer.
    for (let idle = 0; !state.isSettled && this.now <= deadline && idle < 100; idle++)
      if (await this.step()) idle = 0
    return state.isSettled ? promise : 'still waiting'
  }

  /** Lets things happen for so many milliseconds. */
  async pass(milliseconds: number): Promise<void> {
    await this.until(this.pause(milliseconds), milliseconds)
  }

  #fire(): void {
    let next: Timer | undefined
    for (const timer of this.#timers) if (!next || timer.at < next.at) next = timer
    if (!next) return
    this.#timers.delete(next)
    this.now = Math.max(this.now, next.at)
    next.run()
  }

  #hint(epoch: number): void {
    for (const wake of this.#watchers)
      for (let times = this.hints(); times > 0; times--) this.tasks.push(() => wake(epoch))
  }

  #call<Answer>(kind: 'append' | 'read' | 'last', apply: () => Answer): Promise<Answer> {
    this.calls++
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('connection lost'))
      const { tasks } = this
      const fault = this.fault(kind)
      const { slowness } = this
      if (fault === 'none' && slowness > 0) this.platform.timer(slowness, () => resolve(apply()))
      else if (fault === 'none') tasks.push(() => resolve(apply()))
      else if (fault === 'lost call') tasks.push(fail)
      else if (fault === 'late answer')
        tasks.push(() => {
          const answer = apply()
          tasks.push(() => resolve(answer))
        })
      else
        tasks.push(() => {
          if (fault !== 'late call') apply()
          // From here on, in any order.
          tasks.push(fault === 'doubled call' ? () => resolve(apply()) : fail)
          if (fault === 'late call') tasks.push(apply)
        })
    })
  }
}

export function compare(a: Place, b: Place): number {
  return a.epoch - b.epoch || a.number - b.number
}

/** A small generator of pseudo-random numbers (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
