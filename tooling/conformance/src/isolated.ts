import { fileURLToPath } from 'node:url'
import { kill, outputOf, start } from '@tooling/consumers/processes'
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
  const complaint = outputOf(child, 2000)
  return new Promise((resolve) => {
    let outcome: Outcome = { lost: 'crashed' }
    const timer = setTimeout(() => {
      outcome = { lost: 'did not end' }
      kill(child)
    }, limit)
    child.on('message', (result: object) => (outcome = { result }))
    child.on('close', () => {
      clearTimeout(timer)
      if (outcome.result === undefined) console.error(complaint())
      resolve(outcome)
    })
  })
}
