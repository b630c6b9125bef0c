import { fileURLToPath } from 'node:url'
import { kill, start } from '@tooling/consumers/processes'
import type { Area } from './areas.ts'

const program = fileURLToPath(new URL('peer-process.ts', import.meta.url))

/** A peer's name and its result, or what there was of them, and a word for why there is no more. */
export interface Outcome {
  readonly name?: string
  readonly package?: string
  readonly result?: object
  readonly lost?: string
}

/** @param limit - milliseconds; the default is many times what the slowest takes on two busy cores */
export function runIsolated(area: Area, file: string, limit = 60_000): Promise<Outcome> {
  const child = start(process.execPath, [program, area, file], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  return new Promise((resolve) => {
    let outcome: Outcome = {}
    let complaint = ''
    child.stderr?.on('data', (text: Buffer) => (complaint = `${complaint}${text}`.slice(-2000)))
    const timer = setTimeout(() => {
      outcome = { ...outcome, lost: 'did not end' }
      kill(child)
    }, limit)
    child.on('message', (message: Outcome) => (outcome = { ...outcome, ...message }))
    child.on('close', () => {
      clearTimeout(timer)
      if (outcome.result === undefined) console.error(complaint)
      resolve(outcome.result === undefined ? { lost: 'crashed', ...outcome } : outcome)
    })
  })
}
