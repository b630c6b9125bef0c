import { badOption, unknownOption } from './errors.ts'
import { isWire } from './wire.ts'

/** What an option must be, and whether a value is. */
export type Kind = readonly [expected: string, holds: (value: never) => unknown]

/** Kinds by the names of options. An option without a kind is a function. */
export type Kinds = Readonly<Record<string, Kind>>

const RULES = 'first, last, concat, append, replace, merge, parts, blocks, drop'

export const RULE_KINDS: Kinds = {
  rules: [
    `an object of the tables \`chunk\`, \`choice\` and \`delta\`, where a rule is a function, a table, or one of: ${RULES}`,
    (rules: object) =>
      areAll(rules, (table, name) => /^(chunk|choice|delta)$/.test(name) && areAll(table, isRule)),
  ],
}

/**
 * @param names - every known option, separated by spaces
 * @throws a `TypeError` for an option that is unknown, or not what it must be
 */
export function checkOptions(options: object, names: string, kinds: Kinds): void {
  for (const [name, value] of Object.entries(options)) {
    if (!names.split(' ').includes(name)) throw unknownOption(name, names)
    const [expected, holds] = kinds[name] ?? [
      'a function',
      (it: unknown) => typeof it === 'function',
    ]
    if (value !== undefined && !holds(value as never)) throw badOption(name, expected)
  }
}

function isRule(rule: unknown): boolean {
  return (
    typeof rule === 'function' || RULES.split(', ').includes(rule as string) || areAll(rule, isRule)
  )
}

function areAll(table: unknown, holds: (item: unknown, name: string) => boolean): boolean {
  return (
    isWire(table) &&
    Object.entries(table).every(([name, item]) => item === undefined || holds(item, name))
  )
}
