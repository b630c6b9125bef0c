import { strict } from './strict.ts'
import { caseTitle } from './title.ts'
import { collectInto, type Hook, makeSuite, openSuite, type Test } from './tree.ts'

type Body = (...values: unknown[]) => unknown
type Options = number | { timeout?: number; retry?: number }
/** What a test may be given beside its name and its body. */
type Limits = Pick<Test, 'timeout' | 'retry'>
type Declare = (name: unknown, first: unknown, second?: unknown) => void

/** `each` spreads rows that are arrays over the parameters; `for` passes the row as it is. */
interface Repeated extends Declare {
  each: (rows: unknown, ...rest: unknown[]) => Declare
  for: (rows: unknown, ...rest: unknown[]) => Declare
}

function declareTest(name: string, body: Body, limits: Limits): void {
  openSuite().children.push({ name, body, ...limits })
}

function declareSuite(name: string, body: Body): void {
  const parent = openSuite()
  const suite = makeSuite(name, parent)
  parent.children.push(suite)
  const returned = collectInto(suite, body)
  if (returned instanceof Promise)
    throw new Error(
      `describe(${JSON.stringify(name)}) returned a promise: declare its tests without awaiting.`,
    )
}

function repeated(
  what: string,
  declare: (name: string, body: Body, limits: Limits) => void,
): Repeated {
  const one: Declare = (name, first, second) => {
    const { body, limits } = readArguments(what, first, second)
    declare(nameOf(name), body, limits)
  }
  const many =
    (spread: boolean) =>
    (rows: unknown, ...rest: unknown[]): Declare => {
      if (!Array.isArray(rows) || 'raw' in rows || rest.length > 0)
        throw new Error(
          `${what}.${spread ? 'each' : 'for'} takes an array of cases here; a template table is not supported.`,
        )
      if (rows.length === 0)
        throw new Error(`${what} was given no cases, so nothing would be checked.`)
      const spreads = spread && rows.every((row) => Array.isArray(row))
      return (name, first, second) => {
        const { body, limits } = readArguments(what, first, second)
        rows.forEach((row: unknown, index) => {
          const values = Array.isArray(row) ? (row as unknown[]) : [row]
          const title = caseTitle(nameOf(name), values, index)
          // The test's context follows the row, as `for` promises and `each` does not forbid.
          declare(
            title,
            spreads ? () => body(...values) : (context) => body(row, ...(spread ? [] : [context])),
            limits,
          )
        })
      }
    }
  return strict(what, Object.assign(one, { each: many(true), for: many(false) }))
}

function readArguments(
  what: string,
  first: unknown,
  second: unknown,
): { body: Body; limits: Limits } {
  const [body, options] = typeof first === 'function' ? [first, second] : [second, first]
  if (typeof body !== 'function')
    throw new Error(`${what} needs a function: a test without one checks nothing.`)
  return { body: body as Body, limits: readLimits(what, options as Options | undefined) }
}

function readLimits(what: string, options: Options | undefined): Limits {
  if (options === undefined || typeof options === 'number') return { timeout: options, retry: 0 }
  const { timeout, retry = 0, ...unknown } = options
  for (const key of Object.keys(unknown))
    throw new Error(`${what} was given the option "${key}", which only vitest knows.`)
  if (!Number.isInteger(retry) || retry < 0)
    throw new Error(`${what} was given the option "retry" as ${String(retry)}: it must be a count.`)
  return { timeout, retry }
}

function nameOf(name: unknown): string {
  return typeof name === 'function' ? name.name : String(name)
}

function hook(kind: 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach'): (body: Hook) => void {
  return (body) => {
    if (typeof body !== 'function') throw new Error(`${kind} needs a function.`)
    openSuite()[kind].push(body)
  }
}

export const it: Repeated = repeated('it', declareTest)
export const test: Repeated = it
export const describe: Repeated = repeated('describe', (name, body, { timeout, retry }) => {
  if (timeout !== undefined || retry > 0)
    throw new Error('describe takes neither timeout nor retry here: give them to the tests.')
  declareSuite(name, () => body())
})
export const suite: Repeated = describe
export const beforeAll: (body: Hook) => void = hook('beforeAll')
export const afterAll: (body: Hook) => void = hook('afterAll')
export const beforeEach: (body: Hook) => void = hook('beforeEach')
export const afterEach: (body: Hook) => void = hook('afterEach')
