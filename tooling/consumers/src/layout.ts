import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'

/** The folder of this workspace package. */
export const here: string = path.resolve(import.meta.dirname, '..')

const scratch = path.join(here, '.scratch')

/**
 * An empty folder for everything that this process writes, apart from its reports. Runs may go side by side, and what
 * one leaves can be read until the next one starts.
 */
export function makeScratch(task: string): string {
  mkdirSync(scratch, { recursive: true })
  for (const name of readdirSync(scratch)) {
    const owner = /\.(\d+)$/.exec(name)?.[1]
    if (owner !== undefined && !isRunning(Number(owner)))
      rmSync(path.join(scratch, name), { recursive: true, force: true })
  }
  const folder = path.join(scratch, `${task.replaceAll(':', '-')}.${process.pid}`)
  mkdirSync(folder)
  return folder
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A folder that stays from one run to the next. */
export function keptFolder(name: string): string {
  const folder = path.join(scratch, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Whether `file` lies in `folder`, by its spelling: both are absolute and without links. */
export function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder + path.sep)
}
