import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { filesOf, type Manifest, published, type Workspace } from '../repository.ts'
import { runProgram, runScript } from '../run-program.ts'
import type { Check } from '../types.ts'

const cli = path.resolve(import.meta.dirname, '../../../../node_modules/@changesets/cli/bin.js')

export const changesets: Check = {
  name: 'changesets',
  async problems(root) {
    const packages = published(root)
    const pending = filesOf(root).filter((file) => /^\.changeset\/(?!README)[^/]+\.md$/.test(file))
    const read = pending.flatMap((file) =>
      ofChangeset(readFileSync(path.join(root, file), 'utf8'), packages).map(
        (problem) => `${file}: ${problem}`,
      ),
    )
    const changelogs = packages.flatMap((workspace) => ofChangelog(root, workspace))
    // What it says of a changeset that cannot be read is less clear than the problems above.
    const status = read.length > 0 ? [] : await ofStatus(root, packages)
    return [...read, ...changelogs, ...status]
  },
}

/** A changeset names packages of ours, how much each changes, and what its users will read. */
function ofChangeset(text: string, packages: readonly Workspace[]): string[] {
  const [, head, summary = ''] = /^---\n([^]*?)\n?---\n([^]*)$/.exec(text) ?? []
  if (head === undefined)
    return ['it begins with the packages that it is about, between lines of ---']
  const bumps = Object.entries((parse(head) ?? {}) as Record<string, unknown>)
  const names = packages.map(({ manifest }) => manifest.name)
  return [
    ...bumps
      .filter(([name]) => !names.includes(name))
      .map(([name]) => `${name} is not published: there are ${names.join(', ')}`),
    ...bumps
      .filter(([, bump]) => !['major', 'minor', 'patch'].includes(String(bump)))
      .map(([name, bump]) => `${name} cannot change by "${bump}": major, minor or patch`),
    ...(summary.trim() === '' ? ['say what changes for users: it goes into the changelog'] : []),
  ]
}

/** A version above 0.0.0 has been released, so its changelog has a section about it. */
function ofChangelog(root: string, { folder, manifest }: Workspace): string[] {
  const { version = '0.0.0' } = manifest
  if (version === '0.0.0') return []
  const file = `${folder}/CHANGELOG.md`
  const text = existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : ''
  if (text.split('\n').includes(`## ${version}`)) return []
  return [`${file} says nothing about ${version}: versions are raised by "changeset version" alone`]
}

/** What changesets itself says, compared with the branch that releases come from. */
async function ofStatus(root: string, packages: readonly Workspace[]): Promise<string[]> {
  const base = await baseOf(root)
  // A checkout of one commit alone has nothing to compare with; CI fetches the history for this.
  if (base === undefined) return []
  // Versions that have been raised have used their changesets up.
  if (await areRaised(root, base, packages)) return []
  // On main itself, work in progress is spoken of by any changeset that is pending there.
  const since = base === 'main' ? [] : [`--since=${base}`]
  const { status, output } = await runScript(cli, ['status', ...since], root)
  return status === 0 ? [] : [`changeset status says\n${output}`]
}

/** The branch that releases come from; where a pull request is checked out there is only the remote one. */
async function baseOf(root: string): Promise<string | undefined> {
  for (const branch of ['main', 'origin/main']) {
    const { status } = await runProgram('git', ['rev-parse', '--verify', '--quiet', branch], root)
    if (status === 0) return branch
  }
  return undefined
}

async function areRaised(
  root: string,
  base: string,
  packages: readonly Workspace[],
): Promise<boolean> {
  const raised = packages.map(async ({ folder, manifest }) => {
    const { status, output } = await runProgram(
      'git',
      ['show', `${base}:${folder}/package.json`],
      root,
    )
    return status === 0 && (JSON.parse(output) as Manifest).version !== manifest.version
  })
  return (await Promise.all(raised)).includes(true)
}
