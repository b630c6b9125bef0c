import { Refusal } from './errors.ts'

export const CUTS = ['recorded', 'event', 'byte', 'random', 'hostile'] as const
export const FAULTS = [
  'drop',
  'stall',
  'truncate',
  'error',
  'slow-start',
  'html',
  'status',
] as const

export type Cuts = (typeof CUTS)[number]
export type Fault = (typeof FAULTS)[number]

/** How a stream is played. */
export interface PlayOptions {
  /** As recorded, as fast as it goes, or so many events a second. */
  readonly speed: 'recorded' | 'max' | number
  /** Where the bytes are cut into writes. */
  readonly cuts: Cuts
  /** Of the random cuts: the same ones for the same seed. */
  readonly seed: number
  readonly fault: Fault | undefined
  /** Where in the stream the fault is: 0 is the beginning, 1 the end. */
  readonly at: number
  /** How long a stall lasts. 0: until the client leaves. */
  readonly stallMs: number
  /** How long a slow start takes. */
  readonly delayMs: number
}

interface Option {
  readonly byDefault: unknown
  readonly allowed: string
  readonly isRight: (value: unknown) => boolean
}

const options: Readonly<Record<keyof PlayOptions, Option>> = {
  speed: {
    byDefault: 'recorded',
    allowed: '"recorded", "max" or a number of events a second from 0.1 to 10000',
    isRight: (value) => value === 'recorded' || value === 'max' || isWithin(value, 0.1, 10_000),
  },
  cuts: oneOf(CUTS, 'recorded'),
  seed: {
    byDefault: 1,
    allowed: 'a whole number from 0 to 4294967295',
    isRight: (value) => Number.isInteger(value) && isWithin(value, 0, 0xffff_ffff),
  },
  fault: oneOf(FAULTS, undefined),
  at: number(0.5, 0, 1),
  stallMs: number(3_000, 0, 300_000),
  delayMs: number(1_500, 0, 60_000),
}

function oneOf(values: readonly string[], byDefault: string | undefined): Option {
  return {
    byDefault,
    allowed: `one of ${values.map((value) => `"${value}"`).join(', ')}`,
    isRight: (value) => values.includes(value as string),
  }
}

function number(byDefault: number, least: number, most: number): Option {
  return {
    byDefault,
    allowed: `a number from ${least} to ${most}`,
    isRight: (value) => isWithin(value, least, most),
  }
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}

/**
 * The options of a request: in the field `playground` of its body, which counts, or in its query, which any client can
 * set with its base URL or its default query.
 *
 * @throws {@link Refusal} that names the option and what it may be
 */
export function readPlayOptions(field: unknown, query: URLSearchParams): PlayOptions {
  if (field !== undefined && !isRecord(field))
    throw new Refusal('invalid_option', 'Give "playground" an object of options.', 'playground')
  const given = { ...Object.fromEntries(query), ...field }
  const chosen: Record<string, unknown> = Object.fromEntries(
    Object.entries(options).map(([name, { byDefault }]) => [name, byDefault]),
  )
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(options, name)) {
      const names = Object.keys(options).join(', ')
      throw new Refusal('invalid_option', `There is no option "${name}": there are ${names}.`, name)
    }
    const { allowed, isRight } = options[name as keyof PlayOptions]
    const read = isRecord(field) && Object.hasOwn(field, name) ? value : fromText(value as string)
    if (!isRight(read)) throw new Refusal('invalid_option', `Give "${name}" ${allowed}.`, name)
    chosen[name] = read
  }
  return chosen as unknown as PlayOptions
}

function fromText(text: string): unknown {
  return /^[\d.]+$/.test(text) ? Number(text) : text
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
