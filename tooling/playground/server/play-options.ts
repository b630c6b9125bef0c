import { Refusal } from './errors.ts'

export const CUTS = ['recorded', 'event', 'byte', 'random', 'hostile'] as const
const FAULTS = ['drop', 'stall', 'truncate', 'error', 'slow-start', 'html', 'status'] as const

export type Cuts = (typeof CUTS)[number]

/** How a stream is played. */
export interface PlayOptions {
  /** As recorded, as fast as it goes, or so many events a second. */
  readonly speed: 'recorded' | 'max' | number
  /** Where the bytes are cut into writes. */
  readonly cuts: Cuts
  /** Of the random cuts: the same ones for the same seed. */
  readonly seed: number
  readonly fault: (typeof FAULTS)[number] | undefined
  /** Where in the stream the fault is: 0 is the beginning, 1 the end. */
  readonly at: number
  /** How long a stall lasts. 0: until the client leaves. */
  readonly stallMs: number
  /** How long a slow start takes. */
  readonly delayMs: number
}

const defaults: PlayOptions = {
  speed: 'recorded',
  cuts: 'recorded',
  seed: 1,
  fault: undefined,
  at: 0.5,
  stallMs: 3_000,
  delayMs: 1_500,
}

/** What an option may be: in words, and as a check. */
type Rule = readonly [allowed: string, isRight: (value: unknown) => boolean]

const rules: Readonly<Record<string, Rule>> = {
  speed: [
    '"recorded", "max" or a number of events a second from 0.1 to 10000',
    (value) => value === 'recorded' || value === 'max' || isWithin(value, 0.1, 10_000),
  ],
  cuts: oneOf(CUTS),
  seed: [
    'a whole number from 0 to 4294967295',
    (value) => Number.isInteger(value) && isWithin(value, 0, 0xffff_ffff),
  ],
  fault: oneOf(FAULTS),
  at: number(0, 1),
  stallMs: number(0, 300_000),
  delayMs: number(0, 60_000),
}

function oneOf(values: readonly unknown[]): Rule {
  const allowed = `one of ${values.map((value) => `"${value}"`).join(', ')}`
  return [allowed, (value) => values.includes(value)]
}

function number(least: number, most: number): Rule {
  return [`a number from ${least} to ${most}`, (value) => isWithin(value, least, most)]
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
export function readPlayOptions(field: unknown = {}, query: URLSearchParams): PlayOptions {
  if (typeof field !== 'object' || field === null || Array.isArray(field))
    throw new Refusal('invalid_option', 'Give "playground" an object of options.', 'playground')
  const asked = Array.from(query, ([name, text]) => [name, fromText(text)] as const)
  const given: [string, unknown][] = Object.entries({ ...Object.fromEntries(asked), ...field })
  for (const [name, value] of given) {
    const [allowed, isRight] = (Object.hasOwn(rules, name) && rules[name]) || []
    if (!isRight) {
      const names = Object.keys(rules).join(', ')
      throw new Refusal('invalid_option', `There is no option "${name}": there are ${names}.`, name)
    }
    if (!isRight(value)) throw new Refusal('invalid_option', `Give "${name}" ${allowed}.`, name)
  }
  return { ...defaults, ...Object.fromEntries(given) }
}

function fromText(text: string): unknown {
  return /^[\d.]+$/.test(text) ? Number(text) : text
}
