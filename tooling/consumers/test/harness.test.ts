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
      'Not finished after 50 ms',
    ],
    [
      'when a hook does',
      `beforeEach(() => { throw new Error('h') }); it('x', () => {})`,
      'Error: h',
    ],
    ['when beforeAll does', `beforeAll(() => { throw new Error('h') }); it('x', () => {})`, 'h'],
    ['when afterAll does', `afterAll(() => { throw new Error('h') }); it('x', () => {})`, 'h'],
    ['when it asserts too little', `it('x', () => { expect.hasAssertions() })`, 'none was made'],
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

it('after three tests that do not finish, the others of the file fail untried', async () => {
  const hang = `it('hangs', () => new Promise(() => {}), 50)`
  const { passed, failures } = await runTests({
    ...testFile([hang, hang, hang, `it('never gets its turn', () => {})`].join('\n')),
    'b.test.ts': `import { it } from 'vitest'\nit('has its own patience', () => {})`,
  })
  expect([passed, failures.length]).toEqual([1, 4])
  expect(failures[3]?.message).toBe('Not run: 3 tests before it did not finish.')
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
    const [passed, [message]] = await load(`it('x', { repeats: 3 }, () => {})`)
    expect(passed).toBe(0)
    expect(message).toContain('repeats')
  })

  it('fails when a file declares no test', async () => {
    const [passed, [message]] = await load('')
    expect(passed).toBe(0)
    expect(message).toContain('declares no test')
  })
})

describe('what only vitest knows', () => {
  it.each([
    [`it.skip('x', () => {})`, 'it.skip'],
    [`it.only('x', () => {})`, 'it.only'],
    [`it.todo('x')`, 'it.todo'],
    [`it.concurrent('x', () => {})`, 'it.concurrent'],
    [`describe.skip('x', () => {})`, 'describe.skip'],
    [`it('x', { repeats: 3 }, () => {})`, 'repeats'],
    [`it('x', { retry: -1 }, () => {})`, 'must be a count'],
    [`describe('x', { retry: 1 }, () => {})`, 'give them to the tests'],
    [`it('x')`, 'checks nothing'],
    [`it.each([])('x', () => {})`, 'no cases'],
    [`it.each\`a | b\`('x', () => {})`, 'template table'],
    [`describe('x', async () => {})`, 'returned a promise'],
    [`it('x', ({ task }) => task)`, 'context.task'],
    [`it('x', () => { expect.soft(1).toBe(2) })`, 'expect.soft'],
    [`it('x', async () => { await expect.poll(() => 1).toBe(1) })`, 'expect.poll'],
    [`it('x', () => { expect(1).toMatchSnapshot() })`, 'toMatchSnapshot'],
    [`it('x', () => { it('y', () => {}) })`, 'while their file loads'],
  ])('%s fails loudly', async (body, message) => {
    const { passed, failures } = await runTests(testFile(body))
    expect([passed, failures.length]).toEqual([0, 1])
    expect(failures[0]?.message).toContain(message)
  })

  it('cannot be imported', async () => {
    await expect(runTests(testFile('vi.fn()', 'vi'))).rejects.toThrow('No matching export')
  })
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
