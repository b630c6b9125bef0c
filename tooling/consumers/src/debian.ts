import { accessSync, appendFileSync, constants, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { here } from './layout.ts'
import { type Ended, run } from './processes.ts'

const log = path.join(here, '.scratch/apt.log')

/**
 * Sees to it that one of `files` exists, installing `packages` from Debian where that is allowed.
 * Answers why there is none, or nothing when there is.
 */
export async function ensureInstalled(
  files: readonly string[],
  packages: readonly string[],
): Promise<string | undefined> {
  const isThere = (): boolean => files.some((file) => existsSync(file))
  if (isThere()) return undefined
  const missing = `${files.join(' or ')} is missing`
  if (!isExecutable('/usr/bin/apt-get'))
    return `${missing}, and there is no apt-get to install ${packages.join(' ')} with`
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (asRoot.length > 0 && !isExecutable('/usr/bin/sudo'))
    return `${missing}: install ${packages.join(' ')} (this takes root)`

  console.log(
    `Installing ${packages.join(' ')} from Debian; the output is in ${path.relative(process.cwd(), log)}.`,
  )
  const updated = await apt(asRoot, ['update'])
  const ended = await apt(asRoot, ['install', '--yes', '--no-install-recommends', ...packages])
  if (isThere()) return undefined
  const { stderr } = ended.code === 0 ? updated : ended
  return `${missing}, and apt-get could not install ${packages.join(' ')}: ${stderr.trim().split('\n').at(-1) ?? ''}`
}

/** One at a time, for every caller of this process; others' are waited for by apt-get itself. */
let queue: Promise<unknown> = Promise.resolve()

function apt(asRoot: readonly string[], args: readonly string[]): Promise<Ended> {
  const command = [
    ...asRoot,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=300',
    ...args,
  ]
  const next = queue.then(async () => {
    const ended = await run(command[0] ?? '', command.slice(1), { timeout: 900_000 })
    mkdirSync(path.dirname(log), { recursive: true })
    appendFileSync(log, `# apt-get ${args.join(' ')}\n${ended.stdout}${ended.stderr}\n`)
    return ended
  })
  queue = next.catch(() => {})
  return next
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
