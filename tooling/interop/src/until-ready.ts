import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { end, isRunning, outputOf } from '@tooling/consumers/processes'

/** A server that was started. */
export interface Running {
  readonly url: string
  stop(): Promise<void> | void
}

export type ServerErrorCode =
  /** The program cannot be had on this machine, or not now: tests skip it with the reason, and fail with `CI=true`. */
  | 'unavailable'
  /** It can be had, and did not start. */
  | 'not-started'
  /** It went away, or fell silent, while it was needed. */
  | 'gone'

export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly code: ServerErrorCode

  constructor(code: ServerErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export function isUnavailable(error: unknown): error is ServerError {
  return error instanceof ServerError && error.code === 'unavailable'
}

/** For how long a server may take to be ready, in milliseconds. */
export const START_LIMIT = 60_000

/** How many characters of a server's output are kept, and how many of them an error shows. */
const LONGEST_OUTPUT = 100_000
const LONGEST_SHOWN = 2_000

/**
 * Waits until a new process is ready. If the process does not become ready, this function ends it. Returns a function that
 * reads the latest output of the process.
 *
 * @throws ServerError of code `not-started`, with the last that it said
 */
export async function untilReady(
  title: string,
  child: ChildProcess,
  isReady: () => Promise<boolean> | boolean,
): Promise<() => string> {
  const output = outputOf(child, LONGEST_OUTPUT)
  if (await becomes(isReady, START_LIMIT, () => isRunning(child))) return output
  await end(child)
  const last = output().trim().slice(-LONGEST_SHOWN)
  throw new ServerError('not-started', `${title} did not come up. The last it said:\n${last}`)
}

/** Whether a condition becomes true within `limit` milliseconds, and while `mayCome` returns true. The last check is after that. */
export async function becomes(
  condition: () => Promise<boolean> | boolean,
  limit: number,
  mayCome: () => boolean = () => true,
): Promise<boolean> {
  const deadline = Date.now() + limit
  for (let goesOn = true; goesOn;) {
    goesOn = mayCome() && Date.now() < deadline
    if (await condition()) return true
    await sleep(30)
  }
  return false
}

/** Whether something accepts connections at a port. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isOpen
}
