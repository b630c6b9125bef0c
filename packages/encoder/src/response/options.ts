import { badOption, unknownOption } from '../errors.ts'

/**
 * Every option of a function, with what it must be: a text that names its types as `typeof` does (and `array`), for the
 * message too; a list of its values; or an empty text if it may be anything.
 */
export type Kinds = Readonly<Record<string, string | readonly string[]>>

export const AMOUNT = 'a number of 0 or more'
export const FUNCTION = 'a function'

/** Where no options are given. */
export const none = {}

/**
 * Returns the options, or none. `null` is returned as `undefined`, but for amounts, where it might mean 0 or none, and
 * for what may be anything.
 *
 * @throws a `StreamError` for an option that is unknown, or not what it must be
 */
export function checkOptions<T extends object>(options: T | undefined, kinds: Kinds): T {
  if (!options) return none as T
  if (typeof options !== 'object') throw badOption('options', 'an object')
  let given = options
  for (const name in options) {
    if (!Object.hasOwn(kinds, name)) throw unknownOption(name, Object.keys(kinds))
    const kind = kinds[name]
    const value: unknown = options[name]
    if (value === undefined || !kind) continue
    const isList = typeof kind !== 'string'
    const type = isList ? value : Array.isArray(value) ? 'array' : typeof value
    if (value === null && !kind.includes(AMOUNT))
      given = Object.assign({}, given, { [name]: undefined })
    // Every number is an amount.
    else if (
      value === null ||
      !kind.includes(type as string) ||
      (type === 'number' && !((value as number) >= 0))
    )
      throw badOption(name, isList ? `one of ${kind.join(', ')}` : kind)
  }
  return given
}

/** @throws a `StreamError` if the value has no method of this name */
export function checkHas(method: string, value: unknown, name: string, expected: string): void {
  if (typeof (value as Record<string, unknown> | undefined)?.[method] !== 'function')
    throw badOption(name, expected)
}
