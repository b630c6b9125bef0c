import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { bundleTests } from '../src/bundler.ts'
import { commandRuntime } from '../src/runtimes/command.ts'
import { runtimes } from '../src/runtimes/index.ts'
import type { Runtime } from '../src/runtimes/runtime.ts'
import { runSuite } from '../src/suites.ts'
import { makeScene, scratch, settings, testFile, thisNode, writeBundle } from './scene.ts'

interface Process {
  readonly pid: number
  readonly group: number
  readonly args: string
}

/** All that run on this machine. One that has ended and waits for its parent to notice is not among them. */
function processes(): Process[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,pgid=,stat=,args='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+([^Z]\S*)\s+(.*)$/.exec(line) ?? [])
    .map(([, pid, group, , args = '']) => ({ pid: Number(pid), group: Number(group), args }))
}

/** Those that this test has started. */
function own(): Process[] {
  return processes().filter(
    ({ args }) => args.includes(scratch) || args.includes(`consumers-${process.pid}-`),
  )
}

/** A process that was killed goes when the machine gives it a turn, and no later than this. */
const GONE_WITHIN_MS = 30_000

afterEach(async () => {
  for (const end = Date.now() + GONE_WITHIN_MS; own().length > 0 && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(own()).toEqual([])
})

/** One of each kind; where Chromium is installed it stands for every browser. */
const kinds = runtimes
  .filter(({ name }) => ['node24', 'bun', 'deno', 'workerd', 'chromium'].includes(name))
  .filter(({ name }) => name !== 'chromium' || existsSync('/usr/bin/chromium'))
  .map((runtime) => [runtime.name, runtime, runtime.name === 'chromium' ? 12_000 : 3000] as const)

it.each(kinds)(
  '%s, kept busy for ever, is killed and goes on with the next file',
  async (_name, runtime, ms) => {
    const scene = makeScene({
      ...testFile(
        `it('spins', () => { for (const end = Date.now() + 60_000; Date.now() < end; ); })`,
      ),
      'b.test.ts': `import { it } from 'vitest'\nit('is fine', () => {})`,
    })
    const bundle = await bundleTests(scene.sources, 'portable')
    // The next file has the time that a busy machine needs to start the runtime anew.
    let files = 0
    const limited = {
      ...settings,
      get fileTimeout() {
        return files++ === 0 ? ms : 60_000
      },
    }
    const result = await runSuite(runtime, bundle, limited)
    expect(result.failures.map(({ name }) => name)).toEqual(['test/a.test.ts'])
    expect(result.failures[0]?.message).toContain(`did not finish within ${ms} ms`)
    expect(result.passed).toBe(1)
  },
)

const browsers = kinds.filter(([name]) => name === 'chromium')

it.each(browsers)('%s that is killed fails the file at once', async (_name, runtime) => {
  const waiting = writeBundle('export const run = () => new Promise(() => {})', ['a'])
  const work = runSuite(runtime, waiting, settings)
  let browser: Process | undefined
  while (browser === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    browser = own().find(({ pid, group }) => pid === group)
  }
  process.kill(browser.pid, 'SIGKILL')
  // The end of the page is sometimes seen first.
  expect((await work).failures[0]?.message).toMatch(/The page died|chromium ended/)
})

describe('a runtime', () => {
  const twoFiles = (first: string): string => `export const files = ['a', 'b']
export async function run({ file }, report) {
  report('a test of ' + file)
  if (file === 'a') { ${first} }
  return { passed: 1, failed: 0, failures: [] }
}`

  it.each([
    ['exits', 'process.exit(3)', 'ended with code 3'],
    ['ends as if all were well', 'process.exit(0)', 'ended with code 0'],
    ['throws', `throw new Error('torn')`, 'torn'],
    ['is killed', `process.kill(process.pid, 'SIGKILL')`, 'ended by SIGKILL'],
  ])(
    'that %s fails the file and names the test, and the next file runs',
    async (_how, body, message) => {
      const runtime: Runtime = thisNode
      const result = await runSuite(runtime, writeBundle(twoFiles(body)), settings)
      expect(result.passed).toBe(1)
      expect(result.failures).toHaveLength(1)
      expect(result.failures[0]?.message).toContain(message)
      expect(result.failures[0]?.message).toContain('in "a test of a"')
    },
    60_000,
  )

  it('that is not there fails every file', async () => {
    const missing: Runtime = {
      ...thisNode,
      open: () => Promise.reject(new Error('no such runtime')),
    }
    const result = await runSuite(missing, writeBundle(''), settings)
    expect(result.failures.map(({ message }) => message)).toEqual([
      'before its first test: no such runtime',
      'before its first test: no such runtime',
    ])
  })

  it('whose time is used up is given no more files', async () => {
    const result = await runSuite(thisNode, writeBundle(twoFiles('')), settings, Date.now() - 1)
    expect(result).toMatchObject({ passed: 0, failed: 2 })
  })

  it('that prints what looks like a result does not have it taken for one', async () => {
    const body = `console.log('{"result":{"passed":99}}'); process.exit(0)`
    const result = await runSuite(thisNode, writeBundle(twoFiles(body)), settings)
    expect(result).toMatchObject({ passed: 1, failed: 1 })
  })

  it('whose program is not installed is not available, and says why', async () => {
    const command = { binary: '/no/such/runtime', args: () => [], env: {}, isNode: false }
    expect(await commandRuntime('netscape', command).available()).toContain(
      'netscape is not installed',
    )
  })

  it('runs the files of a bundle one after another, or each in a process of its own', async () => {
    const text = `let runs = 0
export const run = async () => ({ passed: ++runs, failed: 0, failures: [] })`
    const bundle = writeBundle(text)
    expect(await runSuite(thisNode, bundle, settings)).toMatchObject({ passed: 1 + 2 })
    expect(await runSuite(thisNode, { ...bundle, apart: true }, settings)).toMatchObject({
      passed: 1 + 1,
    })
  })
})
