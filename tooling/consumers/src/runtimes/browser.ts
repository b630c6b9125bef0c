import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { within } from '../deadline.ts'
import { end, lastLines, outputOf, run, start } from '../drivers/processes.ts'
import { servePage } from './page-server.ts'
import { type Runtime, type Session, startTimeout } from './runtime.ts'

export interface Browser {
  readonly name: string
  /** See {@link Runtime.available}. */
  readonly available: () => Promise<string | undefined>
  readonly binary: () => string
  /** A command that prints the version, where the browser itself does not. */
  readonly versionCommand?: readonly [string, ...string[]]
  /** What opens `url` with the empty folder `profile` as its memory, and nothing in the way of the page. */
  readonly args: (url: string, profile: string) => readonly string[]
  /** What must run beside it, such as a display, and the environment that leads to it. */
  readonly beside?: (profile: string) => Promise<Beside>
}

export interface Beside {
  readonly child: ChildProcess
  readonly env: Record<string, string>
}

/** A browser is started on a page of ours and needs no driver: the page fetches its orders. */
export function browserRuntime(browser: Browser): Runtime {
  return {
    name: browser.name,
    available: browser.available,
    async version() {
      const [command, ...args] = browser.versionCommand ?? [browser.binary(), '--version']
      const { stdout } = await run(command, args, { timeout: 30_000 })
      return /\d+[\d.]*\d/.exec(stdout)?.[0] ?? '?'
    },
    open: (bundle) => openBrowser(browser, readFileSync(bundle.path)),
  }
}

const profiles = new Set<string>()
process.on('exit', () => {
  for (const profile of profiles) forget(profile)
})

/** Ends what a browser has put into groups of its own, such as Chromium's crash handler, and removes the profile. */
function forget(profile: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      // The name of a profile is like no other, so what was started with it is ours.
      if (readFileSync(`/proc/${pid}/cmdline`).includes(profile))
        process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  // What was killed may be writing its last.
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  profiles.delete(profile)
}

/**
 * Starts a browser on `url`, with an empty folder as its memory. Returns what ends it and all that it started.
 *
 * @param onEnd - called if it cannot be started, or ends by itself
 */
export async function launch(
  browser: Browser,
  url: string,
  onEnd: (error: Error) => void,
): Promise<() => Promise<void>> {
  // Not in the scratch folder: browsers put sockets there, and the paths of sockets are short.
  const profile = mkdtempSync(path.join(tmpdir(), `consumers-${process.pid}-${browser.name}-`))
  profiles.add(profile)
  const children: ChildProcess[] = []
  const close = async (): Promise<void> => {
    await Promise.all(children.map((child) => end(child)))
    forget(profile)
  }
  try {
    const beside = await browser.beside?.(profile)
    if (beside !== undefined) children.push(beside.child)
    const child = start(browser.binary(), browser.args(url, profile), {
      env: { HOME: profile, ...beside?.env },
    })
    children.push(child)
    const errors = outputOf(child)
    child.once('error', onEnd)
    child.once('exit', (code, signal) => {
      onEnd(new Error(`${browser.name} ended (${signal ?? code}). ${lastLines(errors(), 4)}`))
    })
    return close
  } catch (error) {
    await close()
    throw error
  }
}

async function openBrowser(browser: Browser, bundle: Buffer): Promise<Session> {
  const page = await servePage(bundle)
  let close: (() => Promise<void>) | undefined
  const closeAll = async (): Promise<void> => {
    await close?.()
    await page.close()
  }
  try {
    close = await launch(browser, page.url, (error) => page.fail(error))
    await within(startTimeout, 'load the page', page.loaded)
    return { run: (options) => page.run(options), close: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}
