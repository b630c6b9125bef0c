import { spawnSync } from 'node:child_process'
import path from 'node:path'

const here = path.resolve(import.meta.dirname, '..')

/**
 * What the formatter leaves alone. Markdown, because transcripts and tables in it are data; recordings and
 * vectors, because their bytes are the point; the lock file, because pnpm writes it.
 */
const untouched = [
  '**/*.md',
  'pnpm-lock.yaml',
  'packages/testkit/recordings/**',
  '**/vectors/**',
  '**/*.generated.*',
  // A line for each case.
  'tooling/interop/model/cases.json',
]

/** Runs oxfmt over a repository: `write` changes files, `list` only names those that would change. */
export function oxfmt(root: string, mode: 'write' | 'list'): { status: number; output: string } {
  const run = spawnSync(
    process.execPath,
    [
      path.join(here, 'node_modules/oxfmt/bin/oxfmt'),
      `--config=${path.join(here, 'oxfmt.json')}`,
      '--disable-nested-config',
      mode === 'write' ? '--write' : '--list-different',
      '.',
      ...untouched.map((glob) => `!${glob}`),
    ],
    { cwd: root, encoding: 'utf8' },
  )
  return { status: run.status ?? 1, output: (run.stdout + run.stderr).trim() }
}
