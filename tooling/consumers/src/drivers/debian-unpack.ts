// Debian packages of a newer suite, downloaded by the machine's own apt and unpacked into a private folder. The system
// stays as it is: apt is given a state of its own, so it sees an empty machine and brings every library along.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
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
  const found = (...patterns: string[]): string => {
    const [file] = matches(patterns)
    if (file === undefined)
      throw new Error(`There is no ${patterns.join(' or ')} in ${root}: remove ${folder}.`)
    return path.join(root, file)
  }
  const libraries = found('usr/lib/*-linux-gnu')
  const files = wanted.files.map((file) => path.join(root, 'usr/bin', file))
  const program = files.find((file) => existsSync(file)) ?? found(`usr/bin/${wanted.files[0]}`)
  // Suites differ in which of the two has the C library.
  const places = matches(['usr/lib/*-linux-gnu', 'lib/*-linux-gnu']).flatMap((place) =>
    ['', ...(wanted.libraries ?? [])].map((each) => path.join(root, place, each)),
  )
  // It wants a newer C library than this machine may have, so it is started by the loader that came with it.
  // What stands in the other folders is a link to it, at times one that leads out of the private folder.
  const folders = ['usr/lib/*-linux-gnu', 'lib/*-linux-gnu', 'usr/lib64', 'lib64']
  const loader = found(...folders.map((each) => `${each}/ld-linux*.so.[0-9]`))
  return {
    command: loader,
    args: ['--library-path', places.join(':'), '--argv0', files[0] ?? program, program],
    libraries,
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
  const problems = new Set<string>()
  for (const suite of suites)
    try {
      return `Debian ${suite}, package ${name} ${unpack(name, suite, folder)}`
    } catch (error) {
      problems.add((error as Error).message)
    }
  throw new Error([...problems].join('\n'))
}

/** Downloads a package with all that it needs, and unpacks it. Returns its version. */
function unpack(name: string, suite: string, folder: string): string {
  const problems: string[] = []
  for (const mirror of debianMirrors()) {
    const apt = privateApt(path.join(folder, 'apt'), mirror, suite)
    const update = run('apt-get', [...apt, 'update', '-q'])
    const install =
      update.status === 0
        ? run('apt-get', [...apt, 'install', '-y', '-q', '--download-only', name])
        : update
    if (install.status !== 0) {
      problems.push(firstError(install.stderr))
      continue
    }
    const archives = path.join(folder, 'apt/cache/archives')
    const root = path.join(folder, 'root')
    mkdirSync(root, { recursive: true })
    const packages = readdirSync(archives).filter((file) => file.endsWith('.deb'))
    for (const file of packages) execFileSync('dpkg-deb', ['-x', path.join(archives, file), root])
    const own = packages.find((file) => file.startsWith(`${name}_`)) as string
    return execFileSync('dpkg-deb', ['-f', path.join(archives, own), 'Version'], {
      encoding: 'utf8',
    }).trim()
  }
  throw new Error(`apt could not get ${name} from Debian ${suite}: ${problems.join(' ')}`)
}

/** Where this machine gets its Debian packages from, by its own apt sources. Nothing is written down here. */
function debianMirrors(): string[] {
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (spawnSync(tool, ['--version']).status !== 0) {
      throw new Error(`There is no ${tool} here: programs are fetched as Debian packages.`)
    }
  }
  if (!existsSync(KEYRING)) {
    throw new Error(
      `There is no ${KEYRING}, so nothing could be trusted: install debian-archive-keyring.`,
    )
  }
  const mirrors = mirrorsIn(sourceFiles())
  if (mirrors.length === 0)
    throw new Error('The apt sources of this machine name no Debian mirror.')
  return mirrors
}

function sourceFiles(): string[] {
  const folder = '/etc/apt/sources.list.d'
  const files = existsSync(folder)
    ? readdirSync(folder)
        .toSorted()
        .map((file) => path.join(folder, file))
    : []
  return ['/etc/apt/sources.list', ...files]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
}

/**
 * The addresses that serve Debian's `main`, from sources in either of apt's formats. Archives of other vendors and of
 * security updates are left out: they have no newer suites.
 *
 * @param files - the contents of apt's source files
 */
export function mirrorsIn(files: readonly string[]): string[] {
  const entries = files.flatMap((file) => [...entriesInLines(file), ...entriesInParagraphs(file)])
  const mirrors = entries.filter(isDebian).map(({ uri }) => uri.replace(/\/$/, ''))
  return [...new Set(mirrors)]
}

interface Entry {
  readonly uri: string
  readonly components: string
  readonly options: string
}

function isDebian({ uri, components, options }: Entry): boolean {
  const named = /debian/.test(uri) || /debian-archive-keyring/.test(options)
  return /^https?:/.test(uri) && !/security/.test(uri) && named && / main /.test(` ${components} `)
}

function entriesInLines(file: string): Entry[] {
  return [...file.matchAll(/^[ \t]*deb[ \t]+(\[[^\]]*\][ \t]+)?(\S+)[ \t]+\S+[ \t]+(.*)$/gm)].map(
    ([, options = '', uri = '', components = '']) => ({ uri, components, options }),
  )
}

function entriesInParagraphs(file: string): Entry[] {
  const paragraphs = file.replaceAll(/^#.*\n?/gm, '').split(/\n\s*\n/)
  return paragraphs.flatMap((paragraph) => {
    const field = (name: string): string => {
      const [, value = ''] = new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'im').exec(paragraph) ?? []
      return value.replaceAll(/\s+/g, ' ').trim()
    }
    if (!field('Types').split(' ').includes('deb') || field('Enabled') === 'no') return []
    const uris = field('URIs').split(' ')
    return uris.map((uri) => ({
      uri,
      components: field('Components'),
      options: field('Signed-By'),
    }))
  })
}

function privateApt(folder: string, mirror: string, suite: string): string[] {
  for (const part of [
    'lists/partial',
    'cache/archives/partial',
    'etc/apt.conf.d',
    'etc/preferences.d',
  ]) {
    mkdirSync(path.join(folder, part), { recursive: true })
  }
  const sources = path.join(folder, 'etc/sources.list')
  const status = path.join(folder, 'status')
  writeFileSync(sources, `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`)
  writeFileSync(status, '')
  const settings = {
    'Dir::State': folder,
    'Dir::State::status': status,
    'Dir::State::lists': path.join(folder, 'lists'),
    'Dir::Cache': path.join(folder, 'cache'),
    'Dir::Etc': path.join(folder, 'etc'),
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': '-',
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

function run(command: string, args: readonly string[]): { status: number | null; stderr: string } {
  // apt says what went wrong in the language of the machine, unless told otherwise.
  return spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    timeout: 300_000,
  })
}

/** The first error names the cause; the ones after it are its consequences. */
function firstError(text: string): string {
  return text.split('\n').find((line) => line.startsWith('E:')) ?? 'it said nothing.'
}
