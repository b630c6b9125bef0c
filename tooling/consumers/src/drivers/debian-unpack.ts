// Debian packages of a newer suite, downloaded by the machine's own apt and unpacked into a private folder. The system
// stays as it is: apt is given a state of its own, so it sees an empty machine and brings every library along.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** What is wanted of Debian. */
export interface Wanted {
  /** The program, for people: `llama.cpp llama-server`. */
  readonly title: string
  readonly package: string
  /** The suites that have it, the preferred one first. */
  readonly suites: readonly string[]
  /** Its file in `/usr/bin`: the first of these that is not a link to nowhere. */
  readonly files: readonly [string, ...string[]]
  /** Folders of libraries in that of the system's. */
  readonly libraries?: readonly string[]
}

/** A command that starts a program, up to its own arguments. */
export interface UnpackedProgram {
  readonly command: string
  readonly args: readonly string[]
  /** Where its libraries are. */
  readonly libraries: string
  /** Which it is, for people. */
  readonly version: string
}

/**
 * A program of Debian, which is fetched into `folder` the first time, with every library that it needs. Nothing is
 * installed. Remove the folder to get the newest one.
 *
 * @throws Error with a sentence for people when this machine cannot get it
 */
export function debianProgram(wanted: Wanted, folder: string): UnpackedProgram {
  const note = path.join(folder, 'installed.json')
  if (!existsSync(note)) fetchInto(folder, wanted)
  const { version } = JSON.parse(readFileSync(note, 'utf8')) as { version: string }
  const root = path.join(folder, 'root')
  // One pattern after the other: a pattern of several has its matches in no order.
  const matches = (patterns: readonly string[]): string[] =>
    patterns.flatMap((pattern) => globSync(pattern, { cwd: root }))
  // Suites differ in which of the two has the C library.
  const systems = matches(['usr/lib/*-linux-gnu', 'lib/*-linux-gnu'])
  // What stands in the last two is a link to the loader, at times one that leads out of the private folder.
  const [loader] = matches(
    [...systems, 'usr/lib64', 'lib64'].map((each) => `${each}/ld-linux*.so.[0-9]`),
  )
  const files = wanted.files.map((file) => path.join(root, 'usr/bin', file))
  const program = files.find((file) => existsSync(file))
  if (loader === undefined || program === undefined)
    throw new Error(`There is no ${wanted.files[0]} with its loader in ${root}: remove ${folder}.`)
  const places = systems.flatMap((system) =>
    ['', ...(wanted.libraries ?? [])].map((each) => path.join(root, system, each)),
  )
  // It wants a newer C library than this machine may have, so it is started by the loader that came with it.
  return {
    command: path.join(root, loader),
    args: ['--library-path', places.join(':'), '--argv0', files[0]!, program],
    libraries: places[0]!,
    version,
  }
}

/** Into a folder of its own first: one that is half full is never used, whatever runs at the same time. */
function fetchInto(folder: string, { title, package: name, suites }: Wanted): void {
  const own = `${folder}-${process.pid}`
  const note = path.join(folder, 'installed.json')
  rmSync(own, { recursive: true, force: true })
  try {
    const version = `${title}, ${unpackFirst(name, suites, own)}`
    rmSync(path.join(own, 'apt'), { recursive: true })
    writeFileSync(path.join(own, 'installed.json'), `${JSON.stringify({ version })}\n`)
    if (!existsSync(note)) rmSync(folder, { recursive: true, force: true })
    try {
      renameSync(own, folder)
    } catch (error) {
      // Another run was faster, and its folder is as good.
      if (!existsSync(note)) throw error
    }
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

/** Unpacks a package from the first suite that this machine can get it from. Returns what that was, for people. */
function unpackFirst(name: string, suites: readonly string[], folder: string): string {
  if (!existsSync(KEYRING))
    throw new Error(
      `There is no ${KEYRING}, so nothing could be trusted: install debian-archive-keyring.`,
    )
  const mirrors = debianMirrors()
  const problems: string[] = []
  for (const suite of suites) {
    const apt = privateApt(path.join(folder, 'apt'), mirrors, suite)
    const updated = run('apt-get', [...apt, 'update', '-q'])
    const { status, stderr } = run('apt-get', [...apt, 'install', '-yq', '--download-only', name])
    if (status === 0)
      return `Debian ${suite}, package ${name} ${unpack(name, path.join(folder, 'apt'), path.join(folder, 'root'))}`
    problems.push(
      `apt could not get ${name} from Debian ${suite}: ${firstError(updated.stderr + stderr)}`,
    )
  }
  throw new Error(problems.join('\n'))
}

/** Unpacks all that apt has downloaded. Returns the version of the package itself. */
function unpack(name: string, apt: string, root: string): string {
  mkdirSync(root, { recursive: true })
  const archives = globSync(path.join(apt, 'var/cache/apt/archives/*.deb'))
  for (const file of archives) execFileSync('dpkg-deb', ['-x', file, root])
  const own = archives.find((file) => path.basename(file).startsWith(`${name}_`))!
  return execFileSync('dpkg-deb', ['-f', own, 'Version'], { encoding: 'utf8' }).trim()
}

/**
 * Where this machine gets packages from, as apt reads its own sources. A mirror of another
 * vendor fails: Debian's key has not signed its packages.
 *
 * @param options - of apt-get
 */
export function debianMirrors(options: readonly string[] = []): string[] {
  const args = ['update', '--print-uris', '-o', 'Debug::NoLocking=true', ...options]
  const { status, stdout, stderr } = run('apt-get', args)
  if (status !== 0)
    throw new Error(`Programs are fetched by apt-get, and it ended with: ${firstError(stderr)}`)
  const uris = stdout.matchAll(/^'((?:https?|mirror\+file):.*)\/dists\/\S+\/main\/binary-/gm)
  // Security updates have no newer suites.
  const mirrors = [...uris].map(([, mirror = '']) => mirror).filter((uri) => !/security/.test(uri))
  if (mirrors.length === 0) throw new Error('The apt sources of this machine name no mirror.')
  return [...new Set(mirrors)]
}

/** The options with which apt knows nothing but these mirrors, and writes nothing outside of `folder`. */
function privateApt(folder: string, mirrors: readonly string[], suite: string): string[] {
  const parts = [
    'etc/apt/preferences.d',
    'var/lib/apt/lists/partial',
    'var/cache/apt/archives/partial',
  ]
  for (const part of parts) mkdirSync(path.join(folder, part), { recursive: true })
  const status = path.join(folder, 'status')
  const lines = mirrors.map((mirror) => `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`)
  writeFileSync(path.join(folder, 'etc/apt/sources.list'), lines.join(''))
  writeFileSync(status, '')
  const settings = {
    Dir: folder,
    'Dir::State::status': status,
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    // Otherwise a mirror that does not answer is a mere warning.
    'APT::Update::Error-Mode': 'any',
    'Acquire::AllowInsecureRepositories': 'false',
    'APT::Get::AllowUnauthenticated': 'false',
    'APT::Install-Recommends': 'false',
    // apt would take locks that only root may take, and as root give up being root, for a folder that is not its own.
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': 'root',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

function run(
  command: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    // apt says what went wrong in the language of the machine, unless told otherwise.
    env: { ...process.env, LC_ALL: 'C' },
    timeout: 300_000,
  })
  return { status, stdout, stderr: error === undefined ? stderr : `E: ${error.message}` }
}

/** The first error names the cause; the ones after it are its consequences. */
function firstError(text: string): string {
  return text.split('\n').find((line) => line.startsWith('E:')) ?? 'it said nothing.'
}
