// Brings the workspace from a fresh clone to where its tools run. The first time it needs the registry that npm is
// configured for; later it looks at a stamp, and needs nothing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Installs what the lock file names, unless that has been done. Gives what to tell the user when it cannot.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function setUp(root) {
  const stamp = path.join(root, 'node_modules/.set-up')
  const wanted = fingerprint(root)
  const isDone = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && isWhole(root)
  if (isDone) return undefined
  const lacking = lacksTools(root)
  if (lacking !== undefined) return lacking
  console.log('Setting up: what pnpm-lock.yaml names is installed, this once.')
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const { status } = spawnSync('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: 'inherit',
    // npx is a script on Windows, which only a shell runs; no argument here comes from outside.
    shell: process.platform === 'win32',
    env: environment(root),
  })
  if (status !== 0)
    return 'The install failed: see above. It needs the npm registry this once, and nothing else.'
  writeFileSync(stamp, wanted)
  return undefined
}

/**
 * The lock file holds the tools' binaries of some systems only, and a sentence says so better than turbo would.
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
    `pnpm-lock.yaml holds no build tools for ${platform} on ${arch}. ` +
    'Use Linux on x64 or arm64 to work on the project: a container or WSL will do.'
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
  return manifests(root).every((file) => {
    const manifest = JSON.parse(readFileSync(path.join(root, file), 'utf8'))
    const needs = manifest.dependencies ?? manifest.devDependencies
    return needs === undefined || existsSync(path.join(root, path.dirname(file), 'node_modules'))
  })
}

/** @param {string} root */
function manifests(root) {
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
  return existsSync(pinned) ? pinned : process.execPath
}

/**
 * The tools come first on the path, so that `node` and `pnpm` are the pinned ones; nobody phones home.
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
