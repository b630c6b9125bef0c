// Runs one instrumented example in this process and tells the parent what became of it. It imports nothing of ours:
// `play.ts` hands it to Node without its types, since taking them off takes longer than most examples do.
import { writeSync } from 'node:fs'
import { inspect, isDeepStrictEqual } from 'node:util'
import { pathToFileURL } from 'node:url'

/** What was not as stated, with 0-based lines of the module that ran. */
export interface Outcome {
  readonly failures: { readonly line: number; readonly message: string }[]
}

interface Expectation {
  readonly line: number
  readonly texts: readonly string[]
  /** What a single text states of each time that the line is reached. */
  readonly turns: readonly string[]
  /** How often the line has been reached. */
  times: number
  /** How many prints there had been when the statement began. */
  from: number
  /** Whether all of the text matched at once, so that it names no turns. */
  whole: boolean
}

const expectations = new Map<number, Expectation>()
const failures: Outcome['failures'] = []
const prints: { text: string; quoted: string; values: unknown[] }[] = []

console.log = (...values: unknown[]) => {
  prints.push({
    text: values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '),
    quoted: values.map((value) => inspect(value)).join(' '),
    values,
  })
}

const example = {
  expect(
    id: number,
    line: number,
    texts: readonly string[],
    turns: readonly string[],
  ): Expectation {
    let expected = expectations.get(id)
    if (!expected)
      expectations.set(id, (expected = { line, texts, turns, times: 0, from: 0, whole: false }))
    expected.from = prints.length
    return expected
  },

  check<T>(expected: Expectation, value: T, values: readonly [string, () => unknown][]): T {
    const { line, texts, turns } = expected
    const printed = prints.slice(expected.from)
    const lines = printed.flatMap(({ text }) => text.split('\n'))
    const stands = (text: string, actual: unknown): boolean => {
      const stated = values.find(([source]) => source === text)?.[1]
      try {
        return stated !== undefined && isDeepStrictEqual(actual, stated())
      } catch {
        return false // A word such as `Hello` reads as a variable and is none: it is text.
      }
    }
    /** One thing came out, a line or a value, and the text states it. */
    const states = (text: string): boolean =>
      (lines.length === 1 && matches(lines[0] as string, text)) ||
      (printed.length === 1 && printed[0]?.quoted === text) ||
      (printed.length === 1 && isOnlyValue(printed[0]?.values, (only) => stands(text, only))) ||
      stands(text, value)

    const turn = turns[expected.times]
    expected.times++
    if (texts.length === 1 && states(texts[0] as string)) expected.whole = true
    else if (texts.length === 1 ? turn === undefined || !states(turn) : !allMatch(texts)) {
      const really = printed.length > 0 ? `printed\n${lines.join('\n')}` : `gave ${inspect(value)}`
      const what = turn !== undefined && turns.length > 1 ? ` at turn ${expected.times}` : ''
      failures.push({ line, message: `states\n${texts.join('\n')}\nbut${what} it ${really}` })
    }
    return value

    function allMatch(each: readonly string[]): boolean {
      if (lines.length === each.length) {
        if (each.every((text, at) => matches(lines[at] as string, text))) return true
      }
      if (printed.length !== each.length) return false
      return each.every(
        (text, at) =>
          matches(printed[at]?.text ?? '', text) ||
          printed[at]?.quoted === text ||
          isOnlyValue(printed[at]?.values, (only) => stands(text, only)),
      )
    }
  },

  expectError(id: number, line: number, texts: readonly string[], turns: readonly string[]): void {
    example.expect(id, line, texts, turns).times++
  },

  returned(id: number): void {
    const { line, texts } = expectations.get(id) as Expectation
    failures.push({ line, message: `states that it throws ${texts[0]}, but it did not throw` })
  },

  threw(id: number, error: unknown): void {
    const { line, texts } = expectations.get(id) as Expectation
    const wanted = texts[0] as string
    const { code, name, message } = Object(error) as Record<string, unknown>
    if (code === wanted || name === wanted || String(message ?? error).includes(wanted)) return
    failures.push({
      line,
      message: `states that it throws ${wanted}, but it threw ${inspect(error)}`,
    })
  },
}

function isOnlyValue(values: unknown[] | undefined, test: (value: unknown) => boolean): boolean {
  return values?.length === 1 && test(values[0])
}

/** `…` in a stated text stands for anything. */
function matches(printed: string, text: string): boolean {
  const pattern = text
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^]*')
  return new RegExp(`^${pattern}$`).test(printed.trim())
}

/** Whether every stated line has been reached as often as it has turns. */
function unreached(): Outcome['failures'] {
  return stated.flatMap((line, id) => {
    const expected = expectations.get(id)
    if (expected === undefined) return [{ line, message: 'states a result that is never reached' }]
    if (expected.whole) return []
    const wanted = expected.turns.length
    if (expected.times >= wanted) return []
    return [{ line, message: `states ${wanted} turns, and there were ${expected.times}` }]
  })
}

const [, , file, lines] = process.argv as [string, string, string, string]
const stated: readonly number[] = JSON.parse(lines)
Object.assign(globalThis, { __example: example })

// An example may state what a callback does later: there is the time limit to wait for it.
const finish = (): void => {
  writeSync(3, JSON.stringify({ failures } satisfies Outcome))
  process.exit(0)
}
const waitForCallbacks = (): void => {
  if (failures.length > 0 || unreached().length === 0) finish()
  else setTimeout(waitForCallbacks, 5).unref()
}
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// When nothing can happen any more, what has not been reached never will be.
process.on('beforeExit', report)
function report(): void {
  failures.push(...unreached())
  finish()
}
function fail(error: unknown): void {
  failures.push({ line: lineOf(error), message: `threw ${inspect(error)}` })
  finish()
}
function lineOf(error: unknown): number {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.indexOf(file)
  const line = at === -1 ? undefined : /^:(\d+)/.exec(stack.slice(at + file.length))?.[1]
  return line === undefined ? -1 : Number(line) - 1
}

await import(pathToFileURL(file).href).then(waitForCallbacks, fail)
