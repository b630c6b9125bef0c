import { fileURLToPath } from 'node:url'
import { kill, start } from '@tooling/consumers/processes'
import type { AreaName } from './areas.ts'

const program = fileURLToPath(new URL('peer-process.ts', import.meta.url))

/** The result of a peer, or the reason why there is none. */
export interface Outcome {
  readonly result?: object
  readonly lost?: string
}

/** @param limit - milliseconds; the default is many times what the slowest takes on two busy cores */
export function runIsolated(area: AreaName, key: string, limit = 60_000): Promise<Outcome> {
  const child = start(process.execPath, [program, area, key], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  return new Promise((resolve) => {
    let outcome: Outcome = { lost: 'crashed' }
    let complaint = ''
    child.stderr?.on('data', (text: Buffer) => (complaint = `${complaint}${text}`.slice(-2000)))
    const timer = setTimeout(() => {
      outcome = { lost: 'did not end' }
      kill(child)
    }, limit)
    child.on('message', (result: object) => (outcome = { result }))
    child.on('close', () => {
      clearTimeout(timer)
      if (outcome.result === undefined) console.error(complaint)
      resolve(outcome)
    })
  })
}
