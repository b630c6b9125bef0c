/** What a validator found at one place. */
export interface Issue {
  /** A sentence for people: what was expected, and what was there. Never the value itself. */
  readonly message: string
  readonly path: readonly (string | number)[]
  readonly expected: string
  readonly received: string
}

/** A validator that every library which speaks Standard Schema 1 can use. */
export interface Schema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: '@tesserae/openai'
    /** Whether the value is as it should be, and if not, where and why. */
    readonly validate: (value: unknown) => Validated<T>
    readonly types?: { readonly input: T; readonly output: T } | undefined
  }
}

/** What a validator says: the value as it was given, or what is wrong with it. */
export type Validated<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] }

/** Turns a rule into a schema. The value itself comes out: nothing is copied, dropped or filled in. */
export function schema<T>(rule: Rule): Schema<T> {
  return {
    '~standard': {
      version: 1,
      vendor: '@tesserae/openai',
      validate(value) {
        const issues: Issue[] = []
        rule(value, undefined, (issue) => issues.push(issue))
        return issues.length > 0 ? { issues } : { value: value as T }
      },
    },
  }
}

/** Reports everything that is wrong with a value, and goes on: one bad field hides no other. */
export type Rule = (value: unknown, at: Place | undefined, report: (issue: Issue) => void) => void

/** A place in a value, as the way back to its root, so that no array is made unless something is wrong there. */
export interface Place {
  readonly key: string | number
  readonly within: Place | undefined
}

/** A rule that a predicate decides. */
export function is(expected: string, accepts: (value: unknown) => boolean): Rule {
  return (value, at, report) => {
    if (!accepts(value)) report(issueAt(at, expected, value))
  }
}

/** One of these values. */
export function oneOf(...values: readonly unknown[]): Rule {
  return is(values.map((value) => JSON.stringify(value)).join(' or '), (value) =>
    values.includes(value),
  )
}

/** Null stands beside what the rule accepts. */
export function nullable(rule: Rule): Rule {
  return (value, at, report) => {
    if (value !== null) rule(value, at, report)
  }
}

/** A list of what the rule accepts. */
export function listOf(rule: Rule): Rule {
  return (value, at, report) => {
    if (!Array.isArray(value)) return report(issueAt(at, 'an array', value))
    value.forEach((item, key) => rule(item, { key, within: at }, report))
  }
}

/** An object with any keys, whose values the rule accepts. */
export function recordOf(rule: Rule): Rule {
  return (value, at, report) => {
    if (!isObject(value)) return report(issueAt(at, 'an object', value))
    for (const key of Object.keys(value)) rule(value[key], { key, within: at }, report)
  }
}

/** An object with these fields; a name that ends in `?` may be missing. Other fields are ignored. */
export function objectWith(fields: Readonly<Record<string, Rule>>): Rule {
  const known = Object.entries(fields).map(([name, rule]) => ({
    key: name.replace(/\?$/, ''),
    optional: name.endsWith('?'),
    rule,
  }))
  return (value, at, report) => {
    if (!isObject(value)) return report(issueAt(at, 'an object', value))
    for (const { key, optional, rule } of known) {
      const here = { key, within: at }
      if (Object.hasOwn(value, key)) rule(value[key], here, report)
      else if (!optional) report(issueAt(here, 'a value', undefined))
    }
  }
}

/** The rule that belongs to the value of a field. */
export function byField(name: string, rules: Readonly<Record<string, Rule>>): Rule {
  const expected = Object.keys(rules)
    .map((value) => JSON.stringify(value))
    .join(' or ')
  return (value, at, report) => {
    if (!isObject(value)) return report(issueAt(at, 'an object', value))
    const kind = Object.hasOwn(value, name) ? value[name] : undefined
    const rule = typeof kind === 'string' && Object.hasOwn(rules, kind) ? rules[kind] : undefined
    if (rule) rule(value, at, report)
    else report(issueAt({ key: name, within: at }, expected, kind))
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function issueAt(at: Place | undefined, expected: string, value: unknown): Issue {
  const path: (string | number)[] = []
  for (let place = at; place; place = place.within) path.unshift(place.key)
  const received = kindOf(value)
  const where = path.length === 0 ? 'The value' : path.join('.')
  return { message: `${where} has to be ${expected}, not ${received}.`, path, expected, received }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `another ${typeof value}`
}
