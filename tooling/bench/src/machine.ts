import { availableParallelism, cpus, loadavg } from 'node:os'
import peers from '@tooling/conformance/package.json' with { type: 'json' }

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

/** A peer with the exact version that was measured, as the manifest of their workspace pins it. */
export function withVersion(name: string): string {
  const versions: Readonly<Record<string, string>> = peers.devDependencies
  const version = versions[name]
  return version === undefined ? name : `${name} ${version}`
}

export function busyWarning(): string | undefined {
  const load = loadavg()[0]!
  return load < availableParallelism() * 0.75
    ? undefined
    : `The machine is busy (load ${load.toFixed(1)} on ${availableParallelism()} cores): ratios still mean something, times less.`
}
