import path from 'node:path'
import { type Manifest, published } from '../../../config/workspaces.ts'
import { runProgram, runScript } from '../run-program.ts'
import type { Check } from '../types.ts'

const cli = path.resolve(import.meta.dirname, '../../../../node_modules/@changesets/cli/bin.js')

/** What changesets itself says, compared with the branch that releases come from. */
export const changesets: Check = {
  name: 'changesets',
  async problems(root) {
    const base = await baseOf(root)
    // A checkout of one commit alone has nothing to compare with; CI fetches the history for this.
    if (base === undefined) return []
    // Versions that have been raised have used their changesets up.
    if (await areRaised(root, base)) return []
    // On main itself, work in progress is spoken of by any changeset that is pending there.
    const since = base === 'main' ? [] : [`--since=${base}`]
    const { status, output } = await runScript(cli, ['status', ...since], root)
    return status === 0 ? [] : [`changeset status says\n${output}`]
  },
}

/** The branch that releases come from; where a pull request is checked out there is only the remote one. */
async function baseOf(root: string): Promise<string | undefined> {
  for (const branch of ['main', 'origin/main']) {
    const { status } = await runProgram('git', ['rev-parse', '--verify', '--quiet', branch], root)
    if (status === 0) return branch
  }
  return undefined
}

async function areRaised(root: string, base: string): Promise<boolean> {
  const raised = published(root).map(async ({ folder, manifest }) => {
    const { status, output } = await runProgram(
      'git',
      ['show', `${base}:${folder}/package.json`],
      root,
    )
    return status === 0 && (JSON.parse(output) as Manifest).version !== manifest.version
  })
  return (await Promise.all(raised)).includes(true)
}
