// The checks that a program makes. Each has its configuration beside the manifest of this workspace.
import path from 'node:path'
import { type Ended, runScript } from '../run-program.ts'
import type { Check } from '../types.ts'

const here = path.resolve(import.meta.dirname, '../..')

function run(script: string, args: readonly string[], root: string): Promise<Ended> {
  return runScript(path.join(here, 'node_modules', script), args, root)
}

/** What is wrong: the lines of the output that look like `problem`, or else all of it. None when the program ends with 0. */
function problemsIn({ status, output }: Ended, problem: RegExp, advice = ''): string[] {
  if (status === 0) return []
  const lines = output.split('\n').filter((line) => problem.test(line))
  return lines.length > 0 ? lines.map((line) => line + advice) : [`it did not run: ${output}`]
}

export const lint: Check = {
  name: 'lint',
  async problems(root) {
    const config = `--config=${path.join(here, 'oxlint.json')}`
    // Code that is wrong on purpose, to show that a runner notices.
    const fixtures = '--ignore-pattern=tooling/*/**/fixtures/**'
    const args = [config, fixtures, '--disable-nested-config', '--format=unix', '.']
    return problemsIn(await run('oxlint/bin/oxlint', args, root), /^\S+:\d+:\d+: /)
  },
}

/**
 * What the formatter leaves alone. Markdown, because transcripts and tables in it are data; recordings and
 * vectors, because their bytes are the point; the lock file, because pnpm writes it.
 */
const untouched = [
  '!**/*.md',
  '!pnpm-lock.yaml',
  '!packages/testkit/recordings/**',
  '!**/vectors/**',
  '!**/*.generated.*',
  // A line for each case.
  '!tooling/interop/model/cases.json',
]

/** Runs oxfmt over a repository, to change files or only to name those that would change. */
export function oxfmt(root: string, mode: '--write' | '--list-different'): Promise<Ended> {
  const config = `--config=${path.join(here, 'oxfmt.json')}`
  const args = [config, '--disable-nested-config', mode, '.', ...untouched]
  return run('oxfmt/bin/oxfmt', args, root)
}

export const format: Check = {
  name: 'format',
  async problems(root) {
    const ended = await oxfmt(root, '--list-different')
    return problemsIn(ended, /^[\w./-]+$/, ' is not formatted: npm run format')
  },
}

/** Files, exports and dependencies that nothing uses. */
export const unused: Check = {
  name: 'unused',
  async problems(root) {
    const args = [`--config=${path.join(here, 'knip.ts')}`, '--reporter=compact', '--no-progress']
    const { status, output } = await run('knip/bin/knip.js', args, root)
    return status === 0
      ? []
      : [`take it out, or say in tooling/repo/knip.ts why it stays\n${output}`]
  },
}
