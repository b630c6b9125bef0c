/**
 * @typedef {{ file?: string, name: string, why?: string }} Failure What failed: its file, if it is known, its full name, and its error.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, skips: string[], failures?: Failure[] }} Counts
 *
 * @typedef {object} TaskRun A task as turbo's summary has it, and what it reported.
 * @property {string} taskId
 * @property {string} task
 * @property {string} directory
 * @property {string} command
 * @property {{ status?: string }} [cache]
 * @property {{ exitCode?: number | null } | null} [execution]
 * @property {(Counts | undefined)[]} reports
 */

/** Characters of an error that are shown. */
const LONGEST = 200

/**
 * Adds the results up. A task that left reports counts for what is in them, any other as one check. A task that
 * failed without reporting a failure is one, and so is one that never ran because something before it failed:
 * nothing is green that was not seen to be.
 *
 * @param {TaskRun[] | undefined} tasks
 * @param {number} status What turbo itself ended with.
 * @param {{ skipsFail: boolean }} options
 * @returns {{ lines: string[], ok: boolean }}
 */
export function closingLine(tasks, status, { skipsFail }) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  /** @type {string[]} */
  const lines = []
  for (const task of tasks ?? []) {
    if (task.command === '<NONEXISTENT>') continue
    const { passed, failed, skipped, skips, failures = [], why } = resultOf(task)
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
    for (const reason of skips) lines.push(`skipped: ${task.taskId}: ${reason}`)
    if (failed > 0) lines.push(`failed: ${task.taskId}${why}`, ...namesOf(task, failures))
  }
  if (tasks === undefined) {
    lines.push('failed: turbo left no summary, so nothing is known to have passed')
    total.failed++
  } else if (total.passed + total.failed + total.skipped === 0) {
    lines.push('failed: no task ran, so nothing is known to have passed')
    total.failed++
  } else if (status !== 0 && total.failed === 0) {
    lines.push(`failed: turbo ended with ${status}, though no task of it failed`)
    total.failed++
  }
  if (skipsFail && total.skipped > 0)
    lines.push('With CI set a skip is a failure: what cannot be checked is not known to work.')
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
  lines.push(`${total.passed} passed, ${total.failed} failed${skipped}`)
  return { lines, ok: total.failed === 0 && !(skipsFail && total.skipped > 0) }
}

/**
 * What failed and why, and the command that runs it again: all that there is where a log is cut to its end.
 *
 * @param {TaskRun} task
 * @param {Failure[]} failures
 */
function namesOf({ taskId, task, directory, command }, failures) {
  const [name = ''] = taskId.split('#')
  const lines = failures.flatMap(({ file, name: test, why = '' }) => [
    file === undefined ? `  ${test}` : `  ${file}: ${test}`,
    ...(why === '' ? [] : [`    ${firstLine(why)}`]),
  ])
  if (failures.length > 0 && command.includes('vitest ')) {
    const files = new Set(failures.flatMap(({ file }) => file ?? []))
    const again = [command.replace('vitest ', '../../node_modules/.bin/vitest '), ...files]
    lines.push(`  run them again: (cd ${directory} && ${again.join(' ')})`)
  } else if (task === 'test' || task === 'consumers')
    lines.push(`  run it again: npm test -- --filter=${name}`)
  return lines
}

/** @param {string} text */
function firstLine(text) {
  const [line = ''] = text.split('\n', 1)
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line
}

/**
 * @param {TaskRun} task
 * @returns {Counts & { why: string }}
 */
function resultOf({ cache, execution, reports }) {
  const code = cache?.status === 'HIT' ? 0 : execution?.exitCode
  const nothing = { passed: 0, failed: 1, skipped: 0, skips: [] }
  if (code === undefined) return { ...nothing, why: ' did not run' }
  const counts = reports.filter((each) => each !== undefined)
  if (counts.length < reports.length)
    return { ...nothing, why: ' left a report that cannot be read' }
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ kind) =>
    counts.reduce((total, each) => total + each[kind], 0)
  const failed = sum('failed')
  const isSilent = code !== 0 && failed === 0
  return {
    // An exit code of 0 over failures is a runner that lies; over no report at all it is the one check there is.
    passed: code === 0 && reports.length === 0 ? 1 : sum('passed'),
    failed: isSilent ? 1 : failed,
    skipped: sum('skipped'),
    skips: counts.flatMap(({ skips }) => skips),
    failures: counts.flatMap(({ failures = [] }) => failures),
    why: isSilent ? ` ended with ${code ?? 'no exit code'}` : '',
  }
}
