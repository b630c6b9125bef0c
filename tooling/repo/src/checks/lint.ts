import path from 'node:path'
import { runScript } from '../run-program.ts'
import type { Check } from '../types.ts'

const here = path.resolve(import.meta.dirname, '../..')

/** Code that is wrong on purpose, to show that a runner notices. */
const fixtures = 'tooling/*/**/fixtures/**'

export const lint: Check = {
  name: 'lint',
  async problems(root) {
    const { status, output } = await runScript(
      path.join(here, 'node_modules/oxlint/bin/oxlint'),
      [
        `--config=${path.join(here, 'oxlint.json')}`,
        `--ignore-pattern=${fixtures}`,
        '--disable-nested-config',
        '--format=unix',
        '.',
      ],
      root,
    )
    const found = output.split('\n').filter((line) => /^\S+:\d+:\d+: /.test(line))
    if (status !== 0 && found.length === 0) return [`oxlint did not run: ${output}`]
    return found
  },
}
