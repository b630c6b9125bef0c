import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { end, freePort, isRunning, kill, outputOf, start } from '@tooling/consumers/processes'
import { scratch } from '../programs.ts'
import { EngineError } from './errors.ts'
import { findLlamaServer } from './install.ts'

export { EngineError, type EngineErrorCode } from './errors.ts'

/** The model that knows the dialogues in `model/dialogues.json` by heart, and nothing else. */
export const tinyChat: string = path.resolve(import.meta.dirname, '../../model/tiny-chat-q8_0.gguf')

export interface EngineOptions {
  /** A GGUF file. Default: {@link tinyChat}. */
  readonly model?: string | undefined
  /** The name that the server gives it. Default: `tiny-chat`. */
  readonly alias?: string | undefined
  /** Further arguments of llama-server. */
  readonly args?: readonly string[] | undefined
}

/** A running llama-server. */
export interface Engine extends AsyncDisposable {
  /** `http://127.0.0.1:` and a port. */
  readonly url: string
  readonly pid: number
  /** Which server it is, for people. */
  readonly version: string
  /** What it has written so far. */
  readonly log: () => string
  /** Ends it in order, or at once if it does not listen. */
  readonly stop: () => Promise<void>
  /** Ends it as a crash would. */
  readonly kill: () => Promise<void>
}

/** A port may be taken between the asking and the starting. */
const ATTEMPTS = 3
const READY_WITHIN_MS = 60_000

/**
 * Starts a llama-server on a free port of the loopback interface, fetching it first if need be, and waits until it
 * answers. It ends with this process at the latest.
 *
 * @throws EngineError of code `unavailable` when it cannot be had here, `not-started` when it does not come up
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options)
    } catch (error) {
      const portWasTaken =
        error instanceof EngineError && /bind|address already in use/i.test(error.message)
      if (!portWasTaken || attempt === ATTEMPTS) throw error
    }
  }
}

async function startOnce({
  model = tinyChat,
  alias = 'tiny-chat',
  args = [],
}: EngineOptions): Promise<Engine> {
  const server = findLlamaServer()
  const url = `http://127.0.0.1:${await freePort()}`
  const settings = {
    '--model': model,
    '--alias': alias,
    '--host': '127.0.0.1',
    '--port': new URL(url).port,
    '--ctx-size': '8192',
    '--parallel': '4',
    // One thread: the same sums in the same order, and the other core is free.
    '--threads': '1',
  }
  mkdirSync(scratch, { recursive: true })
  const child = start(
    server.command,
    [...server.args, ...Object.entries(settings).flat(), '--no-webui', ...args],
    {
      cwd: server.cwd,
      // It writes nothing into the user's home.
      env: { HOME: scratch, LC_ALL: 'C' },
    },
  )
  const log = outputOf(child, 100_000)

  async function stop(): Promise<void> {
    const late = setTimeout(() => kill(child), 5000)
    await end(child, 'SIGTERM')
    clearTimeout(late)
  }
  try {
    await ready(url, child, log)
  } catch (error) {
    await end(child)
    throw error
  }
  return {
    url,
    pid: child.pid as number,
    version: server.version,
    log,
    stop,
    kill: () => end(child),
    [Symbol.asyncDispose]: stop,
  }
}

async function ready(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (!isRunning(child)) break
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    )
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const last = log().trim().split('\n').slice(-5).join('\n')
  throw new EngineError('not-started', `llama-server did not come up. The last it said:\n${last}`)
}
