// What stands behind `npm test` and its kin: sets the workspace up, lets turbo do the work, adds the results up.
// Plain JavaScript for the Node that is on the machine (20 or newer); everything after it runs on the pinned one.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

/** Each command: the turbo tasks it stands for, and whether their results are added up at the end. */
const commands = {
  test: { tasks: ['build', 'types', 'check', 'test', 'consumers'], counts: true },
  'test:all': { tasks: ['build', 'types', 'check', 'test', 'test:long', 'consumers', 'consumers:all'], counts: true },
  check: { tasks: ['build', 'types', 'check'], counts: true },
  build: { tasks: ['build'] },
  start: { tasks: ['start'], interactive: true },
  bench: { tasks: ['bench'], interactive: true },
  record: { tasks: ['record'], interactive: true },
  format: { tasks: ['format'] },
}

const [name = 'test', ...rest] = process.argv.slice(2)
setUp()
if (name === 'changeset') process.exit(pnpm(['exec', 'changeset', ...rest]).status ?? 1)
const command = commands[name]
if (command === undefined) {
  console.error(`There is no command "${name}"; there are ${Object.keys(commands).join(', ')}, changeset.`)
  process.exit(2)
}
process.exit(runTurbo(command))

/** Installs what the lock file names, once: a second run sees the stamp and asks nobody. */
function setUp() {
  const stamp = path.join(root, 'node_modules/.set-up')
  const manifests = ['packages', 'tooling'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((entry) => path.join(folder, entry, 'package.json')),
  )
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.version}`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests])
    if (existsSync(path.join(root, file))) hash.update(file).update(readFileSync(path.join(root, file)))
  const wanted = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const install = pnpm(['install', '--frozen-lockfile'])
  if (install.status !== 0) {
    console.error('\nThe install failed: see above. It needs the npm registry the first time, and nothing else.')
    process.exit(install.status ?? 1)
  }
  writeFileSync(stamp, wanted)
}

function pnpm(args, options = {}) {
  return spawnSync('npx', ['--yes', '--prefer-offline', packageManager, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', npm_config_update_notifier: 'false' },
    ...options,
  })
}

function runTurbo({ tasks, counts = false, interactive = false }) {
  const reports = counts ? workspaceFolders().map((folder) => path.join(folder, '.reports')) : []
  // What is still true comes back from turbo's cache; what is not must not be read as if it were.
  for (const folder of reports) rmSync(folder, { recursive: true, force: true })
  const runs = path.join(root, '.turbo/runs')
  if (counts) rmSync(runs, { recursive: true, force: true })
  const flags = counts
    ? ['--continue', '--summarize', '--output-logs=new-only']
    : interactive
      ? ['--output-logs=new-only', '--log-prefix=none', '--ui=stream']
      : ['--output-logs=new-only']
  const turbo = pnpm(['exec', 'turbo', 'run', ...tasks, ...flags, ...(rest.length > 0 ? ['--', ...rest] : [])])
  if (!counts) return turbo.status ?? 1
  return closingLine(runs, turbo.status ?? 1)
}

function workspaceFolders() {
  return ['packages', 'tooling'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((entry) => path.join(root, folder, entry)),
  )
}

/**
 * A task that leaves reports counts for what is in them; any other task is one check. A task that never ran
 * because one before it failed is a failure too: nothing is green that was not seen to be.
 */
function closingLine(runs, status) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const failures = []
  const skips = []
  const summary = existsSync(runs) ? readdirSync(runs).find((file) => file.endsWith('.json')) : undefined
  if (summary === undefined) {
    console.error('turbo left no summary, so nothing can be said to have passed.')
    total.failed++
  } else {
    const { tasks } = JSON.parse(readFileSync(path.join(runs, summary), 'utf8'))
    for (const task of tasks) {
      if (task.command === '<NONEXISTENT>') continue
      const succeeded = task.cache?.status === 'HIT' || task.execution?.exitCode === 0
      const reports = path.join(root, task.directory, '.reports')
      const own = existsSync(reports)
        ? readdirSync(reports).filter((file) => file.endsWith('.json') && reportBelongs(file, task.task))
        : []
      const before = total.failed
      for (const file of own) {
        const counts = JSON.parse(readFileSync(path.join(reports, file), 'utf8'))
        total.passed += counts.passed
        total.failed += counts.failed
        total.skipped += counts.skipped
        for (const reason of counts.skips ?? []) skips.push(`${task.taskId}: ${reason}`)
      }
      if (own.length === 0) total[succeeded ? 'passed' : 'failed']++
      else if (!succeeded && total.failed === before) total.failed++
      if (!succeeded || total.failed > before) failures.push(task.taskId)
    }
  }
  for (const reason of skips) console.log(`skipped: ${reason}`)
  for (const task of failures) console.log(`failed: ${task}`)
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
  const ok = status === 0 && total.failed === 0
  if (total.skipped > 0 && process.env.CI) console.log('With CI set a skip is a failure: what cannot be checked is not known to work.')
  if (status !== 0 && total.failed === 0) total.failed++
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
  return ok && !(total.skipped > 0 && process.env.CI) ? 0 : 1
}

/** `test.json`, and `consumers.node20.json` for a task that leaves several. */
function reportBelongs(file, task) {
  return file.split('.')[0] === task.replace(':', '-')
}
