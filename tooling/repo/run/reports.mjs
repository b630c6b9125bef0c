import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * What a task left in its package's `.reports/`: `test.json`, or several, `check.sizes.json`. A colon in the
 * task's name is a hyphen there. A report that cannot be read is `undefined`, so that it is not taken for empty.
 *
 * @param {string} folder
 * @param {string} task
 * @returns {(import('./closing-line.mjs').Counts | undefined)[]}
 */
export function reportsOf(folder, task) {
  const reports = path.join(folder, '.reports')
  if (!existsSync(reports)) return []
  return readdirSync(reports)
    .filter((file) => file.endsWith('.json') && file.split('.')[0] === task.replaceAll(':', '-'))
    .sort()
    .map((file) => readCounts(path.join(reports, file)))
}

/** @param {string} file */
function readCounts(file) {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8'))
    const counts = { skipped: 0, skips: [], failures: [], ...read }
    const numbers = [counts.passed, counts.failed, counts.skipped]
    return numbers.every((count) => Number.isInteger(count) && count >= 0) ? counts : undefined
  } catch {
    return undefined
  }
}
