import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { Server } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ensureInstalled } from '../src/drivers/debian.ts'
import { here } from '../src/layout.ts'
import { freePort, run } from '../src/drivers/processes.ts'
import { scratch } from './scene.ts'

/** One that has ended and waits for its parent to notice has ended. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

/** Whether it ends. A process that was killed goes when the machine gives it a turn, which may take a while. */
async function gone(pid: number): Promise<boolean> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (!isAlive(pid)) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

/** A shell whose child would outlive it, and which prints the child's id. */
const leavesChild = ['-c', 'sleep 1000 & echo $!; wait']

it('what runs too long is killed with all that it has started', async () => {
  // Long enough for a busy machine to start a shell: without its line nothing would be known of its child.
  const ended = await run('/bin/sh', leavesChild, { timeout: 5000 })
  expect(ended.code).toBe(null)
  expect(ended.summary).toContain('killed after 5000 ms')
  const child = Number(ended.stdout)
  expect(child).toBeGreaterThan(0)
  expect(await gone(child)).toBe(true)
})

it('what ends takes along what it has started', async () => {
  const ended = await run('/bin/sh', ['-c', 'sleep 1000 >/dev/null & echo $!'], { timeout: 60_000 })
  expect(ended.code).toBe(0)
  expect(await gone(Number(ended.stdout))).toBe(true)
})

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s to this tool ends what it has started',
  async (signal) => {
    const script = `import { start } from ${JSON.stringify(path.join(here, 'src/drivers/processes.ts'))}
const child = start('/bin/sh', ['-c', 'sleep 1000 & echo $!; wait'])
child.stdout.on('data', (text) => process.stdout.write(text))`
    const tool = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: here })
    const pid = await new Promise<number>((resolve) =>
      tool.stdout.once('data', (text: Buffer) => resolve(Number(String(text)))),
    )
    expect(isAlive(pid)).toBe(true)
    tool.kill(signal)
    const code = await new Promise((resolve) => tool.once('exit', resolve))
    expect(code).toBeGreaterThan(128)
    expect(await gone(pid)).toBe(true)
  },
)

it('a command that is not there is an error', async () => {
  await expect(run('/no/such/command', [], { timeout: 1000 })).rejects.toThrow('ENOENT')
})

it('a browser that cannot be installed has a reason', async () => {
  const system = { aptGet: '/no/apt-get', sudo: '/no/sudo', isRoot: false }
  const reason = await ensureInstalled(['/no/browser'], ['browser'], system)
  expect(reason).toBe('/no/browser is missing, and there is no apt-get to install browser with')
  const mayNot = { ...system, aptGet: '/bin/true' }
  expect(await ensureInstalled(['/no/browser'], ['browser'], mayNot)).toContain('takes root')
  const fails = { ...system, aptGet: '/bin/false', isRoot: true }
  expect(await ensureInstalled(['/no/browser'], ['browser'], fails)).toContain('could not install')
})

it('what apt-get installs is found, by a path with wildcards too', async () => {
  const folder = mkdtempSync(path.join(scratch, 'apt-'))
  const aptGet = path.join(folder, 'apt-get')
  writeFileSync(aptGet, `#!/bin/sh\n[ "$3" = install ] && touch ${folder}/browser-7\nexit 0\n`, {
    mode: 0o755,
  })
  const system = { aptGet, sudo: '/no/sudo', isRoot: true }
  expect(await ensureInstalled([`${folder}/browser-*`], ['browser'], system)).toBe(undefined)
})

describe('a free port', () => {
  /** Servers that fail to listen, so many of them. Returns how many have tried. */
  function failing(code: string, count: number): () => number {
    const { listen } = Server.prototype
    const spy = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (
      this: Server,
      ...args: unknown[]
    ) {
      if (spy.mock.calls.length > count)
        return listen.apply(this, args as Parameters<typeof listen>)
      setImmediate(() => this.emit('error', Object.assign(new Error(code), { code })))
      return this
    })
    onTestFinished(() => spy.mockRestore())
    return () => spy.mock.calls.length
  }

  it.each(['EADDRINUSE', 'EACCES'])('is looked for again after %s', async (code) => {
    const attempts = failing(code, 2)
    expect(await freePort()).toBeGreaterThanOrEqual(11_000)
    expect(attempts()).toBe(3)
  })

  it('is not looked for again where no address can be listened on', async () => {
    const attempts = failing('EADDRNOTAVAIL', 1000)
    await expect(freePort()).rejects.toThrow('EADDRNOTAVAIL')
    expect(attempts()).toBe(1)
  })

  it('is looked for a hundred times at most', async () => {
    const attempts = failing('EADDRINUSE', 1000)
    await expect(freePort()).rejects.toThrow('EADDRINUSE')
    expect(attempts()).toBe(100)
  })
})
