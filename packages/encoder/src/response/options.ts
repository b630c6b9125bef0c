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
 * Returns the options, or none. For objects, functions and texts, `null` is like `undefined`.
 *
 * @throws a `StreamError` for an option that is unknown, or not what it must be
 */
export function checkOptions<T extends object>(options: T | undefined, kinds: Kinds): T {
  if (!options) return none as T
  if (typeof options !== 'object') throw badOption('options', 'an object')
  for (const name in options) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw unknownOption(name, Object.keys(kinds))
    if (!fits((options as Record<string, unknown>)[name], kind))
      throw badOption(name, typeof kind === 'string' ? kind : `one of ${kind.join(', ')}`)
  }
  return options
}

function fits(value: unknown, kind: string | readonly string[]): boolean {
  if (value === undefined || kind === '') return true
  if (typeof kind !== 'string') return kind.includes(value as string)
  const type = Array.isArray(value) ? 'array' : typeof value
  if (value === null) return kind !== AMOUNT
  // Every number is an amount.
  return kind.includes(type) && (type !== 'number' || (value as number) >= 0)
}

/** @throws a `StreamError` if the value has no method of this name */
export function checkHas(method: string, value: unknown, name: string, expected: string): void {
  if (typeof (value as Record<string, unknown> | undefined)?.[method] !== 'function')
    throw badOption(name, expected)
}
