import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import path from 'node:path'
import { repository } from './bundle.ts'

/** What the numbers were measured on, for the line under a table. */
export function machineLine(nodeVersion: string, processes: number, date = new Date()): string {
  const model = cpus()[0]?.model.trim() || 'unknown CPU'
  return [
    `Node ${nodeVersion}`,
    `${model}, ${availableParallelism()} cores`,
    `${process.platform} ${process.arch}`,
    date.toISOString().slice(0, 10),
    processes === 1 ? 'one process' : `median of ${processes} processes (least–most)`,
  ].join('; ')
}

/** The exact versions that were measured against, as the manifest of the rivals pins them. */
export function rivalVersion(name: string): string {
  const manifest = path.join(repository, 'tooling/rivals/package.json')
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'))
  return dependencies[name] ?? 'unknown'
}

export function busyWarning(): string | undefined {
  const load = loadavg()[0]!
  return load < availableParallelism() * 0.75
    ? undefined
    : `The machine is busy (load ${load.toFixed(1)} on ${availableParallelism()} cores): ratios still mean something, times less.`
}
