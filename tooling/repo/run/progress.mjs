// What `npm test` shows while it runs: turbo's own lines, and before the lines of a task how many tasks have begun.
import { createInterface } from 'node:readline'

/** Turbo's line at the beginning of a task: `@tesserae/parser:test: cache miss, executing 1f2e…`. */
const BEGINNING = /^(\S+):([a-z:]+): cache (hit|miss|bypass)/

/**
 * Passes the output of turbo on. Resolves with its exit code.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {readonly string[]} planned The tasks that have a script: `@tesserae/parser#test`.
 * @param {(line: string) => void} print
 * @returns {Promise<number>}
 */
export function withProgress(child, planned, print = console.log) {
  const count = counter(planned)
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const progress = count(line)
      if (progress !== undefined) print(progress)
      // The count says the same as turbo's line of a task that came from its cache.
      if (progress === undefined || !/cache hit/.test(line)) print(line)
    })
  return new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', (code) => resolve(code ?? 1))
  })
}

/**
 * Returns a function that takes the lines in order, and answers the progress line for those that begin a task. Each
 * task counts once.
 *
 * @param {readonly string[]} planned
 * @returns {(line: string) => string | undefined}
 */
export function counter(planned) {
  const waiting = new Set(planned)
  return (line) => {
    const [, name, task, cache] = BEGINNING.exec(line) ?? []
    if (name === undefined || !waiting.delete(`${name}#${task}`)) return undefined
    const what = cache === 'hit' ? 'unchanged' : 'runs'
    return `[${planned.length - waiting.size} of ${planned.length}] ${name} ${task}: ${what}`
  }
}
