import { badOption, unknownOption } from './errors.ts'

/** What an option must be, and whether a value is. */
export type Kind = readonly [expected: string, holds: (value: never) => unknown]

/** Every option of a function, with what it must be. */
export type Kinds = Readonly<Record<string, Kind>>

export const FUNCTION: Kind = ['a function', (value: unknown) => typeof value === 'function']

export const DIALECT: Kind = [
  'a dialect of `@tesserae/openai/dialects`, such as `anthropic`',
  (value: { read: unknown } | null) => value?.read,
]

/** One of a few texts. */
export function oneOf(...values: string[]): Kind {
  return [values.map((each) => `'${each}'`).join(' or '), (value: string) => values.includes(value)]
}

export const BOOLEAN: Kind = ['a boolean', (value: unknown) => typeof value === 'boolean']

/** @throws a `TypeError` for an option that is unknown, or not what it must be */
export function checkOptions(options: object, kinds: Kinds): void {
  if (typeof options !== 'object' || options === null) throw badOption('options', 'an object')
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw unknownOption(name, Object.keys(kinds))
    const [expected, holds] = kind
    if (value !== undefined && !holds(value as never)) throw badOption(name, expected)
  }
}
