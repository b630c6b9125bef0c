import { platformClock } from '../streams/clock.ts'
import { TestkitError } from '../errors.ts'
import type { CostPoint, Growth, MeasureOptions } from '../types.ts'

/**
 * The exponent with which costs grow: the slope of the straight line, by least squares, through the logarithms of
 * size and cost. Linear work gives 1, quadratic work 2. Costs may be times or, better where there are any, counts.
 *
 * @example
 * ```ts
 * import { fitExponent } from '@tesserae/testkit'
 *
 * const points = [100, 200, 400].map((size) => ({ size, cost: 3 * size ** 2 }))
 * fitExponent(points).toFixed(2) // => '2.00'
 * ```
 */
export function fitExponent(points: readonly CostPoint[]): number {
  if (new Set(points.map(({ size }) => size)).size < 2) {
    throw new TestkitError(
      'invalid-argument',
      'An exponent needs points of at least two different sizes.',
    )
  }
  for (const { size, cost } of points) {
    if (!(size > 0 && size < Infinity && cost > 0 && cost < Infinity)) {
      throw new TestkitError(
        'invalid-argument',
        `Sizes and costs must be above 0 and finite, not ${size} and ${cost}.`,
      )
    }
  }
  const x = points.map(({ size }) => Math.log(size))
  const y = points.map(({ cost }) => Math.log(cost))
  const meanX = mean(x)
  const meanY = mean(y)
  const covariance = mean(x.map((value, index) => (value - meanX) * ((y[index] as number) - meanY)))
  const variance = mean(x.map((value) => (value - meanX) ** 2))
  return covariance / variance
}

/**
 * Measures with which exponent of the input's size a piece of work takes time.
 *
 * Made for busy machines, where single times are worthless. Noise only ever adds time, so of each size the shortest of
 * many runs counts. Runs are as short as the clock allows, because a long one never has the processor to itself: with
 * three busy processes for each core, 1 ms at the smallest size gave linear work exponents up to 1.5, and 0.1 ms gave
 * 1.00. The sizes take turns, so that a disturbance meets all of them. Rounds are added until a doubling of them no longer
 * changes the exponent. Whether the result is small enough is for the caller to say, after the last round: nothing here
 * measures again because it did not like a result, and more rounds never forget a time.
 *
 * @param makeWork - prepares an input of a size, untimed, and returns the work that is timed; it may run many times
 * @param options - sizes and patience
 * @throws {@link TestkitError} with code `'not-measurable'` when the work stays too short for the clock, or the exponent
 * does not come to rest
 *
 * @example
 * ```ts no-run: its subject is time, which a busy machine does not give twice alike
 * import { measureExponent, recogniseQuadratic } from '@tesserae/testkit'
 *
 * await recogniseQuadratic() // or throws: then nothing can be claimed here today
 * const { exponent } = await measureExponent((size) => {
 *   const text = JSON.stringify(Array.from({ length: size }, (_, index) => index))
 *   return () => JSON.parse(text)
 * })
 * if (exponent > 1.5) throw new Error(`JSON.parse takes time with exponent ${exponent}`)
 * ```
 */
export async function measureExponent(
  makeWork: (size: number) => () => unknown,
  options: MeasureOptions = {},
): Promise<Growth> {
  const { sizes = [256, 512, 1024, 2048], now = platformClock.now } = options
  const { rounds = 10, maxRounds = 1280, tolerance = 0.05, maxSize = 2 ** 26 } = options
  if (new Set(sizes).size < 2 || !sizes.every((size) => size >= 1)) {
    throw new TestkitError(
      'invalid-argument',
      'A measurement needs at least two different sizes, none below 1.',
    )
  }

  const shortest = options.shortest ?? Math.max(0.1, 50 * resolution(now))
  const scale = await measurableScale()
  const steps = sizes.map((size) => {
    const scaled = Math.round(size * scale)
    return { size: scaled, work: makeWork(scaled), cost: Infinity }
  })

  // As many rounds again, and again, until the second half of them has changed nothing.
  let exponent = Number.NaN
  let round = 0
  for (let until = rounds; until <= maxRounds; until *= 2) {
    for (; round < until; round++) {
      for (const step of steps) {
        const time = await timed(step.work)
        // No time at all, or less, is the fault of the clock.
        if (time > 0) step.cost = Math.min(step.cost, time)
      }
    }
    const points = steps.map(({ size, cost }) => ({ size, cost }))
    if (points.some(({ cost }) => cost === Infinity)) break
    const before = exponent
    exponent = fitExponent(points)
    if (Math.abs(exponent - before) <= tolerance) return { exponent, points, rounds: round }
  }
  throw new TestkitError(
    'not-measurable',
    `The exponent did not come to rest within ${round} rounds: leave the machine alone, or allow more.`,
  )

  /** Doubles all sizes until the smallest takes long enough for the clock to tell it from the next. */
  async function measurableScale(): Promise<number> {
    const smallest = Math.min(...sizes)
    const largest = Math.max(...sizes)
    for (let scale = 1; largest * scale <= maxSize; scale *= 2) {
      const work = makeWork(Math.round(smallest * scale))
      // The shortest of three: a first run alone is slow, and a disturbed one would end the search too soon.
      if (Math.min(await timed(work), await timed(work), await timed(work)) >= shortest)
        return scale
    }
    throw new TestkitError(
      'not-measurable',
      `Work on ${maxSize} still takes less than ${shortest} ms by this clock: give it larger sizes, or count instead.`,
    )
  }

  async function timed(work: () => unknown): Promise<number> {
    const start = now()
    const result = work()
    // Waiting costs a turn, which would be most of a short time: only for work that is asynchronous.
    if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') await result
    return now() - start
  }
}

/**
 * Proves that this machine, now, can tell quadratic from linear: measures work that looks at all bytes once, and
 * work that goes back to the first byte for each chunk, as buffering code does by mistake. Call it before claiming
 * that something is linear, since a test of an exponent that cannot fail proves nothing.
 *
 * @returns both exponents
 * @throws {@link TestkitError} with code `'not-measurable'` when the linear one is not below 1.5 or the quadratic one is
 * not above
 *
 * @example
 * ```ts no-run: its subject is time, which a busy machine does not give twice alike
 * import { recogniseQuadratic } from '@tesserae/testkit'
 *
 * const { linear, quadratic } = await recogniseQuadratic()
 * linear < 1.5 && quadratic > 1.5 // => true
 * ```
 */
export async function recogniseQuadratic(
  options: MeasureOptions = {},
): Promise<{ readonly linear: number; readonly quadratic: number }> {
  // One sum for both, so that the compiler has made the same code of it when either is measured.
  const chunk = 16
  const linear = await measureExponent((size) => {
    const bytes = new Uint8Array(size).fill(1)
    return () => {
      let total = 0
      for (let end = chunk; end <= size; end += chunk) total += sum(bytes, end - chunk, end)
      return total
    }
  }, options)
  const quadratic = await measureExponent((size) => {
    const bytes = new Uint8Array(size).fill(1)
    return () => {
      let total = 0
      for (let end = chunk; end <= size; end += chunk) total += sum(bytes, 0, end)
      return total
    }
  }, options)
  if (!(linear.exponent < 1.5 && quadratic.exponent > 1.5)) {
    throw new TestkitError(
      'not-measurable',
      `Linear work measured ${linear.exponent.toFixed(2)} and quadratic work ${quadratic.exponent.toFixed(2)}: ` +
        'exponents cannot be measured here now. Leave the machine alone, or count instead.',
    )
  }
  return { linear: linear.exponent, quadratic: quadratic.exponent }
}

/** The smallest step of a clock, or 0 if it is too small to be seen, or if the clock does not go while code runs. */
function resolution(now: () => number): number {
  let smallest = Infinity
  let before = now()
  // Enough calls for more than one step of 0.1 ms, the coarsest clock of a browser.
  for (let call = 0; call < 10_000; call++) {
    const time = now()
    if (time > before) smallest = Math.min(smallest, time - before)
    before = time
  }
  return smallest === Infinity ? 0 : smallest
}

function sum(bytes: Uint8Array, start: number, end: number): number {
  let total = 0
  for (let at = start; at < end; at++) total += bytes[at] as number
  return total
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
