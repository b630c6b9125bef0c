import * as vitest from '@vitest/expect'
import { strict } from './strict.ts'

// The real matchers of vitest, as one plugin of chai: what a test means here is what it means under vitest.
const { chai } = vitest
chai.use(vitest.JestExtend)
chai.use(vitest.JestChaiExpect)
chai.use(vitest.ChaiStyleAssertions)
chai.use(vitest.JestAsymmetricMatchers)
// A failure in a runtime far away is read, not debugged: enough of both values to see what differs.
chai.config.truncateThreshold = 400

/** Where the matchers note what was not awaited: the fields are the ones they look for. */
interface Running {
  promises?: Promise<unknown>[]
  onFinished?: (() => void)[]
}

let running: Running = {}

function expectValue(value: unknown, message?: string): unknown {
  const state = vitest.getState(plainExpect)
  vitest.setState({ assertionCalls: state.assertionCalls + 1 }, plainExpect)
  const assertion = chai.expect(value, message) as unknown as {
    withTest: (test: Running) => unknown
  }
  return assertion.withTest(running)
}

// `expect` itself. `chai.expect` brings `any`, `objectContaining` and the other values that match by shape.
const plainExpect = Object.assign(expectValue, chai.expect, {
  extend: (matchers: unknown) => (chai.expect as unknown as Extends).extend(plainExpect, matchers),
  assertions: (count: number) => vitest.setState({ expectedAssertionsNumber: count }, plainExpect),
  hasAssertions: () => vitest.setState({ isExpectingAssertions: true }, plainExpect),
  fail: (message = 'The test said so.') => chai.assert.fail(message),
  unreachable: (message = 'This line should not have been reached.') => chai.assert.fail(message),
}) as unknown as vitest.ExpectStatic

interface Extends {
  extend: (plainExpect: unknown, matchers: unknown) => void
}

newAssertions()
// `extend` adds to the expect that is registered under this symbol.
Object.assign(globalThis, { [vitest.GLOBAL_EXPECT]: plainExpect })
plainExpect.extend(vitest.customMatchers)

export const expect: vitest.ExpectStatic = strict('expect', plainExpect)

/** Sets the counters to zero, before each test. */
export function newAssertions(): void {
  running = {}
  const none = { assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }
  vitest.setState(
    { ...none, isExpectingAssertionsError: null, expectedAssertionsNumberErrorGen: null },
    plainExpect,
  )
}

/** Throws for an assertion that was promised and not made, and for one that was not awaited. */
export async function settleAssertions(): Promise<void> {
  const { promises = [], onFinished = [] } = running
  await Promise.all(promises)
  for (const check of onFinished) check()
  const { assertionCalls, expectedAssertionsNumber, isExpectingAssertions } =
    vitest.getState(plainExpect)
  if (typeof expectedAssertionsNumber === 'number' && assertionCalls !== expectedAssertionsNumber)
    throw new Error(
      `Expected ${expectedAssertionsNumber} assertions, and ${assertionCalls} were made.`,
    )
  if (isExpectingAssertions && assertionCalls === 0)
    throw new Error('Expected assertions, and none was made.')
}
