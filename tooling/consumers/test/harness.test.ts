import { describe, expect, it } from 'vitest'
import { bundleTests } from '../src/bundler.ts'
import { runSuite } from '../src/suites.ts'
import { makeScene, runTests, settings, testFile, thisNode } from './scene.ts'

/** The names of what failed, and how many passed. */
async function outcome(
  body: string,
  imports?: string,
): Promise<{ passed: number; failed: string[] }> {
  const { passed, failures } = await runTests(testFile(body, imports))
  return { passed, failed: failures.map(({ name }) => name) }
}

async function messageOf(body: string, imports?: string): Promise<string> {
  const { failures } = await runTests(testFile(body, imports))
  return failures.map(({ message }) => message).join('\n')
}

describe('names', () => {
  it('are those of the file, the suites and the test', async () => {
    const body = `describe('outer', () => { describe('inner', () => { it('breaks', () => { throw 1 }) }) })`
    expect(await outcome(body)).toEqual({
      passed: 0,
      failed: ['test/a.test.ts > outer > inner > breaks'],
    })
  })

  it('may hold anything that a text may', async () => {
    const name = 'a\u2028b\r\nc\u0000d "e" \ud800'
    const { failures } = await runTests(testFile(`it(${JSON.stringify(name)}, () => { throw 1 })`))
    expect(failures[0]?.name).toBe(`test/a.test.ts > ${name}`)
  })

  it('of cases take the values in', async () => {
    const body = `
      it.each([['a', 1], ['b', 2]])('%s is %i', () => { throw 1 })
      it.each([{ a: { b: 'deep' } }])('$a.b of %#', () => { throw 1 })
      it.for([['x', 'y']])('%s and %s', ([one, other]) => { expect(one + other).toBe('') })
      describe.each(['p'])('in %s', (name) => { it('has ' + name, () => { throw 1 }) })`
    expect((await outcome(body)).failed).toEqual([
      'test/a.test.ts > a is 1',
      'test/a.test.ts > b is 2',
      'test/a.test.ts > deep of 0',
      'test/a.test.ts > x and y',
      'test/a.test.ts > in p > has p',
    ])
  })
})

it('hooks run from the outside in, and back, whatever fails', async () => {
  const body = `
    const order = []
    const note = (name) => () => { order.push(name) }
    beforeAll(note('file'))
    beforeEach(() => { order.push('each'); return note('undo') })
    afterEach(note('after'))
    describe('inner', () => {
      beforeEach(note('inner each'))
      afterEach(note('inner after'))
      it('breaks', () => { order.push('test'); throw 1 })
      afterAll(note('all'))
    })
    it('is checked', () => {
      expect(order).toEqual(['file', 'each', 'inner each', 'test', 'inner after', 'after', 'undo', 'all', 'each'])
    })`
  const imports = 'afterAll, afterEach, beforeAll, beforeEach, describe, expect, it'
  expect(await outcome(body, imports)).toEqual({
    passed: 1,
    failed: ['test/a.test.ts > inner > breaks'],
  })
})

describe('a test fails', () => {
  it.each([
    [
      'when it takes too long',
      `it('x', () => new Promise(() => {}), 50)`,
      'Test timed out in 50ms',
    ],
    [
      'when a hook does',
      `beforeEach(() => { throw new Error('h') }); it('x', () => {})`,
      'Error: h',
    ],
    ['when beforeAll does', `beforeAll(() => { throw new Error('h') }); it('x', () => {})`, 'h'],
    ['when afterAll does', `afterAll(() => { throw new Error('h') }); it('x', () => {})`, 'h'],
    [
      'when it asserts nothing',
      `it('x', () => { expect.hasAssertions() })`,
      'expected any number of assertion, but got none',
    ],
    [
      'when it asserts too little',
      `it('x', () => { expect.assertions(2); expect(1).toBe(1) })`,
      'expected number of assertions to be 2, but got 1',
    ],
    [
      'when it leaves an assertion',
      `it('x', () => { expect(Promise.resolve(1)).resolves.toBe(1) })`,
      'not awaited',
    ],
    [
      'when it leaves an error',
      `it('x', async () => { setTimeout(() => { throw new Error('late') }); await new Promise((resolve) => setTimeout(resolve, 20)) })`,
      'late',
    ],
    [
      'when an error comes after it',
      `it('x', () => { Promise.reject(new Error('left')) })`,
      'left',
    ],
    ['with what it threw', `it('x', () => { throw 'a text' })`, 'Thrown: a text'],
  ])('%s', async (_name, body, message) => {
    const imports = 'afterAll, beforeAll, beforeEach, expect, it'
    expect(await messageOf(body, imports)).toContain(message)
  })
})

it('after three tests that do not finish, the others of the file fail without a try', async () => {
  const hang = `it('hangs', () => new Promise(() => {}), 50)`
  const { passed, failures } = await runTests({
    ...testFile([hang, hang, hang, `it('never gets its turn', () => {})`].join('\n')),
    'b.test.ts': `import { it } from 'vitest'\nit('has its own patience', () => {})`,
  })
  expect([passed, failures.length]).toEqual([1, 4])
  expect(failures[3]?.message).toBe('It was not executed.')
})

describe('a test with `retry`', () => {
  const failing = (times: number): string => `
    let attempts = 0
    it('measures', { retry: 2 }, () => { if (attempts++ < ${times}) throw new Error('slow') })`

  it('passes when a later attempt passes, and is reported as retried', async () => {
    const { passed, failures, retried } = await runTests(testFile(failing(2)))
    expect({ passed, failures, retried }).toEqual({
      passed: 1,
      failures: [],
      retried: ['test/a.test.ts > measures: 2 of 2 retries'],
    })
  })

  it('fails when no attempt passes', async () => {
    const { passed, failures } = await runTests(testFile(failing(3)))
    expect([passed, failures.length]).toEqual([0, 1])
    expect(failures[0]?.message).toContain('slow')
  })

  it('is not reported when its first attempt passes', async () => {
    expect((await runTests(testFile(failing(0)))).retried).toEqual([])
  })
})

describe('a bundle that is only loaded', () => {
  const load = async (body: string): Promise<[passed: number, failed: string[]]> => {
    const bundle = await bundleTests(makeScene(testFile(body)).sources, 'portable')
    const { passed, failures } = await runSuite(thisNode, bundle, settings, Infinity, true)
    return [passed, failures.map(({ message }) => message)]
  }

  it('counts each file that declares tests, and executes none', async () => {
    expect(await load(`it('x', () => { throw new Error('executed') })`)).toEqual([1, []])
  })

  it('fails when a file cannot load', async () => {
    const [passed, [message]] = await load(`it('x', () => {}); throw new Error('broken')`)
    expect(passed).toBe(0)
    expect(message).toContain('broken')
  })

  it('fails when a file declares no test', async () => {
    const [passed, [message]] = await load('')
    expect(passed).toBe(0)
    expect(message).toContain('declares no test')
  })
})

describe('what is not executed', () => {
  it.each([
    [`it.skip('x', () => {})`, 'It was not executed'],
    [`it('x', ({ skip }) => skip('no reason'))`, 'It was not executed'],
    [`it.todo('x')`, 'It was not executed'],
    [`it('x')`, 'It was not executed'],
    [`it('x', { retry: -1 }, () => {})`, 'It was not executed'],
    [`describe.skip('x', () => { it('y', () => {}) })`, 'It was not executed'],
    [`describe.todo('x')`, 'It was not executed'],
    [`it.only('x', () => {})`, 'Unexpected .only'],
    [`it.each([])('x', () => {})`, 'No test suite found'],
    [`describe('x', () => {})`, 'No test found in suite'],
    [`it('x', () => { it('y', () => {}) })`, 'inside another test'],
  ])('%s fails', async (body, message) => {
    const { passed, failures } = await runTests(testFile(body))
    expect(passed).toBe(0)
    expect(failures[0]?.message).toContain(message)
  })

  it('fails beside a test that passes', async () => {
    expect(await outcome(`it.skip('x', () => {}); it('y', () => {})`)).toEqual({
      passed: 1,
      failed: ['test/a.test.ts > x'],
    })
  })
})

describe('what needs the process of vitest', () => {
  it.each([
    [`it('x', async () => { await expect.poll(() => 1).toBe(1) })`, 'failed to access'],
    [`it('x', () => { expect(1).toMatchSnapshot() })`, 'toMatchSnapshot'],
  ])('%s fails', async (body, message) => {
    const { passed, failures } = await runTests(testFile(body))
    expect([passed, failures.length]).toEqual([0, 1])
    expect(failures[0]?.message).toContain(message)
  })

  it('cannot be imported', async () => {
    await expect(runTests(testFile('vi.fn()', 'vi'))).rejects.toThrow('No matching export')
  })
})

it.each([
  ['repeats', `it('x', { repeats: 2 }, () => { if (runs++ === 2) throw 1 })`],
  ['a soft assertion', `it('x', () => { expect.soft(1).toBe(2); runs++; expect(runs).toBe(1) })`],
  ['a concurrent test', `it.concurrent('x', async () => { throw 1 })`],
  ['a template table', 'it.each`a | b\n${1} | ${2}`("x", ({ a, b }) => expect(a).toBe(b))'],
  ['retry of a suite', `describe('x', { retry: 1 }, () => { it('y', () => { throw 1 }) })`],
  ['a suite that waits', `describe('x', async () => { await 1; it('y', () => { throw 1 }) })`],
])('%s means what it means under vitest', async (_what, body) => {
  const { passed, failures } = await runTests(testFile(`let runs = 0\n${body}`))
  expect([passed, failures.length]).toEqual([0, 1])
})

describe('a file', () => {
  it('without tests is a failure', async () => {
    expect((await outcome('')).failed).toEqual(['test/a.test.ts'])
  })

  it('that breaks while loading is a failure, and the next one runs', async () => {
    const { passed, failures } = await runTests({
      ...testFile(`throw new Error('loading')`),
      'b.test.ts': `import { it } from 'vitest'\nit('runs', () => {})`,
    })
    expect([passed, failures.length]).toEqual([1, 1])
    expect(failures[0]?.message).toContain('loading')
  })
})

describe('properties', () => {
  const failing = {
    ...testFile(''),
    'a.test.ts': `import fc from 'fast-check'
import { it } from 'vitest'
import { weight } from '@tesserae/pebble'
it('tries', () => {
  const tried: number[] = []
  fc.assert(fc.property(fc.nat(), (n) => { tried.push(n + weight.grams) }))
  throw new Error(JSON.stringify(tried))
})`,
  }
  const tried = async (seed: number, runs: number): Promise<unknown[]> => {
    const { failures } = await runTests(failing, 'portable', { seed, runs })
    return JSON.parse(/\[.*\]/.exec(failures[0]?.message ?? '')?.[0] ?? '') as unknown[]
  }

  it('try as many cases as the settings say, the same for the same seed', async () => {
    const first = await tried(5, 10)
    expect(first).toHaveLength(10)
    expect(await tried(5, 10)).toEqual(first)
    expect(await tried(6, 10)).not.toEqual(first)
  })
})
