import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { end, freePort, kill, start } from '@tooling/consumers/processes'
import { findServer, scratch } from '../programs.ts'
import { type Running, ServerError, untilReady } from '../until-ready.ts'

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
export interface Engine extends Running, AsyncDisposable {
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

/** 20 MB, with its libraries. */
const LLAMA = {
  title: 'llama.cpp llama-server',
  package: 'llama.cpp-tools',
  suites: ['forky', 'sid'],
  files: ['llama-server'],
  libraries: ['llama'],
} as const

/**
 * Starts a llama-server on a free port of the loopback interface, fetching it first if need be, and waits until it
 * answers. It ends with this process at the latest.
 *
 * @throws ServerError of code `unavailable` when it cannot be had here, `not-started` when it does not come up
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options)
    } catch (error) {
      const portWasTaken =
        error instanceof ServerError && /couldn't bind|address already in use/i.test(error.message)
      if (!portWasTaken || attempt === ATTEMPTS) throw error
    }
  }
}

async function startOnce({
  model = tinyChat,
  alias = 'tiny-chat',
  args = [],
}: EngineOptions): Promise<Engine> {
  const { command, args: first, libraries, version } = findServer('LLAMA_SERVER', LLAMA, 'llama')
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
  // The backends for the various processors are looked for in the working directory.
  const backends = path.join(libraries, 'ggml/backends0')
  const child = start(
    command,
    [...first, ...Object.entries(settings).flat(), '--no-webui', ...args],
    {
      cwd: existsSync(backends) ? backends : libraries,
      // It writes nothing into the user's home.
      env: { HOME: scratch, LC_ALL: 'C' },
    },
  )
  const log = await untilReady('llama-server', child, async () => {
    const health = fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) })
    return await health.then(({ ok }) => ok).catch(() => false)
  })
  async function stop(): Promise<void> {
    const late = setTimeout(() => kill(child), 5000)
    await end(child, 'SIGTERM')
    clearTimeout(late)
  }
  return {
    url,
    pid: child.pid as number,
    version,
    log,
    stop,
    kill: () => end(child),
    [Symbol.asyncDispose]: stop,
  }
}
