import path from 'node:path'
import { runScript } from '../run-program.ts'
import type { Check } from '../types.ts'

const here = path.resolve(import.meta.dirname, '../..')

/** Files, exports and dependencies that nothing uses. */
export const unused: Check = {
  name: 'unused',
  async problems(root) {
    const { status, output } = await runScript(
      path.join(here, 'node_modules/knip/bin/knip.js'),
      [`--config=${path.join(here, 'knip.ts')}`, '--reporter=compact', '--no-progress'],
      root,
    )
    return status === 0
      ? []
      : [`take it out, or say in tooling/repo/knip.ts why it stays\n${output}`]
  },
}
