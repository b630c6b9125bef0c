import type { Tape } from '../stream/tape.ts'

/** Steps a millisecond at which a tape without times is played back. */
const PACE = 0.03

/**
 * Where one is on a tape: at its live end, or somewhere back, going on at the pace at which it was recorded or standing
 * still. Times are the caller's, in milliseconds.
 */
export class Player {
  position = 0
  /** Whether it moves by itself. */
  isPlaying = true
  /** How fast, of the recorded pace. */
  rate = 1
  #tape: Tape
  /** Whether it goes with what arrives. */
  #isLive = true
  /** The tape's time at `#clock`. */
  #time = 0
  #clock = 0

  constructor(tape: Tape) {
    this.#tape = tape
  }

  get isLive(): boolean {
    return this.#isLive
  }

  get isAtEnd(): boolean {
    return this.#tape.end !== undefined && this.position >= this.#tape.steps
  }

  /** Another stream begins, and is followed. */
  load(tape: Tape): void {
    this.#tape = tape
    this.position = 0
    this.isPlaying = true
    this.#isLive = true
  }

  /** Puts it at a position, where it stays. */
  seek(position: number): void {
    this.position = Math.max(0, Math.min(this.#tape.steps, Math.round(position)))
    this.isPlaying = false
    this.#isLive = false
  }

  /** Puts it at the end: of a stream that still comes, at its live end, and with what arrives. */
  toEnd(): void {
    this.seek(this.#tape.steps)
    if (this.#tape.end) return
    this.isPlaying = true
    this.#isLive = true
  }

  pause(): void {
    this.isPlaying = false
    this.#isLive = false
  }

  /** Goes on from where it is; from the beginning, if it is at the end. */
  play(clock: number): void {
    if (this.isAtEnd) this.position = 0
    this.isPlaying = true
    // What has all arrived is played as it arrived; what still comes is followed once caught up with.
    this.#isLive = !this.#tape.end && this.position >= this.#tape.steps
    this.#time = this.#tape.timeAt(this.position)
    this.#clock = clock
  }

  toggle(clock: number): void {
    if (this.isPlaying) this.pause()
    else this.play(clock)
  }

  /** Moves on to where it should be by now, and answers whether it moved. */
  tick(clock: number): boolean {
    if (!this.isPlaying) return false
    const tape = this.#tape
    const before = this.position
    if (this.#isLive) this.position = tape.steps
    else {
      this.#time += (clock - this.#clock) * this.rate * (tape.hasTimes ? 1 : PACE)
      this.#clock = clock
      this.position = Math.max(before, tape.positionAt(this.#time))
      if (this.position >= tape.steps && !tape.end) this.#isLive = true
    }
    if (this.isAtEnd) this.isPlaying = false
    return this.position !== before || !this.isPlaying
  }

  /** The time on the tape, between two chunks too. */
  get time(): number {
    const at = this.#tape.timeAt(this.position)
    return this.isPlaying && !this.#isLive ? Math.max(at, this.#time) : at
  }
}
