import type { Kind } from '../options.ts'
import { isWire } from '../wire.ts'
import { RULE_NAMES } from './rules.ts'

/** The option `rules`. In a file of its own: other entries check options without knowing the rules. */
export const RULES: Kind = /* @__PURE__ */ rules()

function rules(): Kind {
  const names = RULE_NAMES.join(', ')
  return [
    `an object of the tables \`chunk\`, \`choice\` and \`delta\`, where a rule is a function, a table, or one of: ${names}`,
    (tables: object) =>
      areAll(tables, (table, name) => /^(chunk|choice|delta)$/.test(name) && areAll(table, isRule)),
  ]
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
