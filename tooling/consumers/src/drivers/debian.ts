import { appendFileSync, existsSync, globSync } from 'node:fs'
import path from 'node:path'
import { keptFolder } from '../layout.ts'
import { type Ended, run } from './processes.ts'

/** The commands of the system that installing takes. */
const system = {
  aptGet: '/usr/bin/apt-get',
  sudo: '/usr/bin/sudo',
  isRoot: process.getuid?.() === 0,
}

/**
 * Sees to it that one of `files`, which may have wildcards, exists, installing `packages` from Debian where that is allowed.
 * Answers why there is none, or nothing when there is.
 */
export async function ensureInstalled(
  files: readonly string[],
  packages: readonly string[],
  { aptGet, sudo, isRoot }: typeof system = system,
): Promise<string | undefined> {
  const isThere = (): boolean => globSync(files).length > 0
  if (isThere()) return undefined
  const missing = `${files.join(' or ')} is missing`
  const names = packages.join(' ')
  if (!existsSync(aptGet)) return `${missing}, and there is no apt-get to install ${names} with`
  if (!isRoot && !existsSync(sudo)) return `${missing}: install ${names} (this takes root)`

  console.log(`Installing ${names} from Debian.`)
  const command = isRoot ? [aptGet] : [sudo, '-n', aptGet]
  const updated = await apt(command, ['update'])
  const installed = await apt(command, ['install', '--yes', '--no-install-recommends', ...packages])
  if (isThere()) return undefined
  const reason = (installed.code === 0 ? updated : installed).stderr.trim().split('\n').at(-1) ?? ''
  return `${missing}, and apt-get could not install ${names}: ${reason}`
}

/** One at a time, for every caller of this process; other processes are waited for by apt-get itself. */
let queue: Promise<unknown> = Promise.resolve()

function apt(command: readonly string[], args: readonly string[]): Promise<Ended> {
  const [program = '', ...before] = command
  const next = queue.then(async () => {
    const ended = await run(program, [...before, '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 900_000,
    })
    const log = path.join(keptFolder('logs'), 'apt.log')
    appendFileSync(log, `# apt-get ${args.join(' ')}\n${ended.stdout}${ended.stderr}\n`)
    return ended
  })
  queue = next.catch(() => {})
  return next
}
