import { RULE_NAMES } from './accumulator/rules.ts'
import { badOption, unknownOption } from './errors.ts'
import { isWire } from './wire.ts'

/** What an option must be, and whether a value is. */
export type Kind = readonly [expected: string, holds: (value: never) => unknown]

/** Every option of a function, with what it must be. */
export type Kinds = Readonly<Record<string, Kind>>

export const FUNCTION: Kind = ['a function', (value: unknown) => typeof value === 'function']

export const RULES: Kind = /* @__PURE__ */ rules()

function rules(): Kind {
  const names = RULE_NAMES.join(', ')
  return [
    `an object of the tables \`chunk\`, \`choice\` and \`delta\`, where a rule is a function, a table, or one of: ${names}`,
    (tables: object) =>
      areAll(tables, (table, name) => /^(chunk|choice|delta)$/.test(name) && areAll(table, isRule)),
  ]
}

/** @throws a `TypeError` for an option that is unknown, or not what it must be */
export function checkOptions(options: object, kinds: Kinds): void {
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw unknownOption(name, Object.keys(kinds))
    const [expected, holds] = kind
    if (value !== undefined && !holds(value as never)) throw badOption(name, expected)
  }
}

function isRule(rule: unknown): boolean {
  return (
    typeof rule === 'function' ||
    (RULE_NAMES as readonly unknown[]).includes(rule) ||
    areAll(rule, isRule)
  )
}

function areAll(table: unknown, holds: (item: unknown, name: string) => boolean): boolean {
  return (
    isWire(table) &&
    Object.entries(table).every(([name, item]) => item === undefined || holds(item, name))
  )
}
