export function median(values: readonly number[]): number {
  if (values.length === 0)
    throw new RangeError('The median of nothing is not a number: measure first.')
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The only mean of ratios for which it does not matter which side is divided by which. */
export function geometricMean(ratios: readonly number[]): number {
  if (ratios.length === 0)
    throw new RangeError('The mean of nothing is not a number: measure first.')
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
}

/** A median, and how far apart the processes were that it is the median of. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}
