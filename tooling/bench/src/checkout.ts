import { execFileSync } from 'node:child_process'
import { readManifest, repository } from '../../config/workspaces.ts'

/** A commit, built in a scratch worktree of its own; the checkout that is worked in is left alone. */
export interface Checkout {
  readonly commit: string
  readonly folder: string
  remove(): void
}

export function resolveCommit(revision: string): string {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  } catch {
    throw new Error(`There is no commit "${revision}": name a branch, a tag or a hash.`)
  }
}

/** Builds these packages and what they depend on, and nothing that only their tests need. */
export function buildCommit(commit: string, packages: readonly string[], folder: string): Checkout {
  git('worktree', 'add', '--detach', folder, commit)
  const checkout = {
    commit,
    folder,
    remove: () => {
      git('worktree', 'remove', '--force', folder)
    },
  }
  try {
    // Its own lock file decides; what the store holds is linked, and only what it lacks is asked for.
    const only = packages.map((name) => `--filter-prod=${name}...`)
    pnpm(folder, ...only, 'install', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts')
    pnpm(folder, ...only, 'run', 'build')
  } catch (error) {
    checkout.remove()
    const output = (error as { stdout?: string }).stdout ?? String(error)
    throw new Error(`${commit.slice(0, 9)} cannot be built:\n${output}`, { cause: error })
  }
  return checkout
}

function git(...args: string[]): string {
  return run(repository, 'git', ...args).trim()
}

function pnpm(folder: string, ...args: string[]): void {
  const packageManager = readManifest(folder).packageManager as string
  run(folder, 'npx', '--yes', '--prefer-offline', packageManager, ...args)
}

function run(cwd: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
