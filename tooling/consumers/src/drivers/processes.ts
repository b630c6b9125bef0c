import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import path from 'node:path'
import { keptFolder } from '../layout.ts'

const alive = new Set<ChildProcess>()

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly stdio?: StdioOptions
  /** The user that it runs as. */
  readonly uid?: number
  readonly gid?: number
}

/** Starts a process in a group of its own, so that whatever it starts can be ended with it. */
export function start(
  command: string,
  args: readonly string[],
  { env, stdio = ['ignore', 'pipe', 'pipe'], cwd, uid, gid }: StartOptions = {},
): ChildProcess {
  const own = { cwd, uid, gid, stdio, env: { ...cleanEnvironment(), ...env } }
  const child = spawn(command, args, { ...own, detached: true })
  alive.add(child)
  child.once('error', () => alive.delete(child))
  // What it started itself goes when it goes.
  child.once('exit', () => kill(child))
  return child
}

/** Ends a process and all of its group, at once. Ending one that has ended is nothing. */
export function kill(child: ChildProcess): void {
  alive.delete(child)
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}

/** Like {@link kill}, or by a signal that the process itself is sent, and waits until it is gone. */
export async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  const gone = isRunning(child) ? new Promise((resolve) => child.once('exit', resolve)) : undefined
  if (signal === undefined) kill(child)
  else child.kill(signal)
  await gone
}

export function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null
}

/** The last characters that a process has written, and why it could not be started. */
export function outputOf(
  child: ChildProcess,
  longest = 10_000,
  streams: readonly (Readable | null)[] = [child.stdout, child.stderr],
): () => string {
  let text = ''
  const add = (more: string): void => void (text = (text + more).slice(-longest))
  for (const stream of streams) stream?.setEncoding('utf8').on('data', add)
  child.on('error', ({ message }) => add(`${message}\n`))
  return () => text
}

/** Rejects once a process has ended or could not be started, with the last lines of what it wrote. */
export function endOf(child: ChildProcess, name: string, text: () => string): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      reject(new Error(`${name} ${howItEnded(code, signal)}. ${lastLines(text())}`))
    })
  })
  // Also when nothing awaits it any more.
  ended.catch(() => {})
  return ended
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`
}

function killAll(): void {
  for (const child of alive) kill(child)
}

process.on('exit', killAll)
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.on(signal, () => process.exit(128 + number))

export interface Ended {
  /** 0 when all went well; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** One sentence on how it ended, with the last lines it wrote. */
  readonly summary: string
}

export interface RunOptions extends StartOptions {
  /** Milliseconds after which it is killed. */
  readonly timeout: number
}

/** Runs a command to its end. Rejects only when it cannot be started. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = start(command, args, options)
    const output = { stdout: '', stderr: '' }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    let late = false
    const timer = setTimeout(() => {
      late = true
      kill(child)
    }, options.timeout)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const how = late ? `was killed after ${options.timeout} ms` : howItEnded(code, signal)
      resolve({
        code,
        ...output,
        summary:
          `${path.basename(command)} ${how}. ${lastLines(output.stderr || output.stdout)}`.trim(),
      })
    })
  })
}

/** Calls `onLine` for each line of a stream of text, where a line ends at LF and at nothing else: names of tests hold the rest. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let unread = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (unread + text).split('\n')
    unread = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}

export function lastLines(text: string, count = 12): string {
  return text.trim().split('\n').slice(-count).join('\n').slice(-4000)
}

/** What a user's shell has, and none of the settings of the tools that run this: those must not decide a result. */
export function cleanEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: keptFolder('home'),
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
  }
}

/**
 * A port of the loopback interface that nothing listens on now. It is below those that a system gives to a program that
 * asks for any, so that it stays free until a server has started, and while it is started again.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    // Above 10080, which browsers refuse to ask.
    const port = 11_000 + Math.floor(Math.random() * 21_000)
    const probe = createServer()
    try {
      await once(probe.listen(port, '127.0.0.1'), 'listening')
    } catch (error) {
      const isTaken = /^(EADDRINUSE|EACCES)$/.test(`${(error as NodeJS.ErrnoException).code}`)
      if (isTaken && attempt < 100) continue
      throw error
    }
    probe.close()
    await once(probe, 'close')
    return port
  }
}
