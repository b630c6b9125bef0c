import type { ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, kill, outputOf, start, type StartOptions } from '@tooling/consumers/processes'

/** For how long a server may take to accept connections, in milliseconds. */
const START_LIMIT = 60_000

/** Starts a program, and waits until it accepts connections. It ends with this process at the latest. */
export async function startListening(
  command: string,
  args: readonly string[],
  port: number,
  options: StartOptions = {},
): Promise<ChildProcess> {
  const child = start(command, args, options)
  const output = outputOf(child, 2000)
  const deadline = Date.now() + START_LIMIT
  while (!(await accepts(port))) {
    if (!isRunning(child) || Date.now() > deadline) {
      kill(child)
      throw new Error(`${command} does not listen on ${port}: ${output()}`)
    }
    await sleep(30)
  }
  return child
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
