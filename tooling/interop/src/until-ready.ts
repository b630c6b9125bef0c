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

/** For how long a server may take to be ready, in milliseconds. */
export const START_LIMIT = 60_000

/** Of what a server says, so much is kept, and so much is shown. */
const LONGEST_OUTPUT = 100_000
const LONGEST_SHOWN = 2_000

/**
 * Waits until a process that was started just now is ready, and ends it if it does not come up. Returns what it has said so
 * far.
 *
 * @throws ServerError of code `not-started`, with the last that it said
 */
export async function untilReady(
  title: string,
  child: ChildProcess,
  isReady: () => Promise<boolean> | boolean,
): Promise<() => string> {
  const output = outputOf(child, LONGEST_OUTPUT)
  const deadline = Date.now() + START_LIMIT
  for (let mayCome = true; mayCome;) {
    mayCome = isRunning(child) && Date.now() < deadline
    if (await isReady()) return output
    await sleep(30)
  }
  await end(child)
  const last = output().trim().slice(-LONGEST_SHOWN)
  throw new ServerError('not-started', `${title} did not come up. The last it said:\n${last}`)
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
