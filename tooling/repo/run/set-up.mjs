// Brings the workspace from a fresh clone to where its tools run. The first time this needs the registry that npm is
// configured for; later it compares a stamp, and needs nothing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The first Node that runs the TypeScript of this repository as it stands. */
const RUNS_TYPESCRIPT = [22, 18]

/**
 * Everything that the lock file names, or only what the playground runs on: its production dependencies.
 *
 * @typedef {'all' | 'page'} Scope
 */

/** What each scope is called in its stamp, and how pnpm is asked for it. */
const scopes = {
  all: { stamp: 'node_modules/.set-up', args: [], says: 'everything that pnpm-lock.yaml names' },
  page: {
    stamp: 'node_modules/.set-up-page',
    args: ['--prod', '--filter', '@tooling/playground'],
    says: 'what the playground needs, about 190 MB',
  },
}

/**
 * Installs what is missing. Returns what to tell the user when it cannot.
 *
 * @param {string} root
 * @param {Scope} wanted
 * @returns {string | undefined}
 */
export function setUp(root, wanted = 'all') {
  // A workspace that has everything keeps everything: the small install would remove the rest.
  const scope = wanted === 'page' && existsSync(path.join(root, scopes.all.stamp)) ? 'all' : wanted
  const { stamp: name, args, says } = scopes[scope]
  const stamp = path.join(root, name)
  const isDone =
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === fingerprint(root) &&
    (scope === 'page' || isWhole(root))
  if (!isDone) {
    if (scope === 'all') {
      const lacking = lacksTools(root)
      if (lacking !== undefined) return lacking
    }
    console.log(`Setting up, once: installing ${says}.`)
    const status = install(root, args)
    if (status !== 0)
      return 'The install failed; the lines above say why. It needs the npm registry this once.'
    // After the install, so that the stamp describes the files as the install left them.
    writeFileSync(stamp, fingerprint(root))
  }
  // The one that the lock file names is new enough.
  const isPinned = nodeFor(root) !== process.execPath
  return scope === 'page' || isPinned ? undefined : lacksNode(process.version)
}

/**
 * @param {string} root
 * @param {string[]} args
 */
function install(root, args) {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const command = ['--yes', packageManager, 'install', '--frozen-lockfile', ...args]
  const { status } = spawnSync('npx', command, {
    cwd: root,
    stdio: 'inherit',
    // npx is a script on Windows, which only a shell runs; no argument here comes from outside.
    shell: process.platform === 'win32',
    env: environment(root),
  })
  return status
}

/**
 * Why the lock file cannot serve this system, if it cannot.
 *
 * @param {string} root
 * @param {{ platform: string, arch: string }} system
 * @returns {string | undefined}
 */
export function lacksTools(root, { platform, arch } = process) {
  const systems = new Map([
    ['darwin', 'darwin'],
    ['linux', 'linux'],
    ['win32', 'windows'],
  ])
  const binary = `@turbo/${systems.get(platform)}-${arch === 'x64' ? '64' : arch}@`
  if (readFileSync(path.join(root, 'pnpm-lock.yaml'), 'utf8').includes(`'${binary}`))
    return undefined
  return (
    `pnpm-lock.yaml has no build tools for ${platform} on ${arch}. ` +
    'Use Linux, macOS or Windows on x64 or arm64, or a container (.devcontainer).'
  )
}

/**
 * Why this Node cannot run the tools, if it cannot. Linux gets the pinned Node from the lock file.
 *
 * @param {string} version
 * @returns {string | undefined}
 */
export function lacksNode(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = RUNS_TYPESCRIPT
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined
  return (
    `This command needs Node ${RUNS_TYPESCRIPT.join('.')} or newer; found ${version}. ` +
    'On Linux the lock file brings one; on other systems install it, or use the container in .devcontainer.'
  )
}

/**
 * Changes when what an install would do changes.
 *
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests(root)]
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

/**
 * Whether each package still has the dependencies that an install gave it.
 *
 * @param {string} root
 */
function isWhole(root) {
  return manifests(root).every((file) =>
    existsSync(path.join(root, path.dirname(file), 'node_modules')),
  )
}

/** @param {string} root */
export function manifests(root) {
  return ['packages', 'tooling']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder)).map((entry) => `${folder}/${entry}/package.json`),
    )
    .filter((file) => existsSync(path.join(root, file)))
    .sort()
}

/**
 * The Node that the lock file pins, where there is one for this system; else the one on the machine.
 *
 * @param {string} root
 */
export function nodeFor(root) {
  const pinned = path.join(root, 'node_modules/.bin/node')
  return process.platform !== 'win32' && existsSync(pinned) ? pinned : process.execPath
}

/**
 * The tools come first on the path, so that `node` and `pnpm` are the pinned ones. Telemetry is off.
 *
 * @param {string} root
 */
export function environment(root) {
  const bin = path.join(root, 'node_modules/.bin')
  return {
    ...process.env,
    PATH: [bin, process.env['PATH']].join(path.delimiter),
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    npm_config_update_notifier: 'false',
  }
}
