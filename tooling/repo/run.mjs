// What stands behind `npm test` and its kin: sets the workspace up, lets turbo do the work, adds the results up.
// Plain JavaScript for the Node that is on the machine; everything after it runs on the one that the lock file names.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine } from './run/closing-line.mjs'
import { reportsOf } from './run/reports.mjs'
import { environment, nodeFor, setUp } from './run/set-up.mjs'

/**
 * Each command. `tasks` are turbo's, over all packages, added up at the end; with `quiet`, only whether they
 * worked. `script` is one package's, run in the foreground with the arguments given, once the package and
 * what it depends on are built.
 *
 * @type {Record<string, { tasks: string[], quiet?: boolean } | { script: string, of: string, unbuilt?: boolean }>}
 */
const commands = {
  test: { tasks: ['build', 'types', 'check', 'test', 'consumers'] },
  'test:all': {
    tasks: ['build', 'types', 'check', 'test', 'test:long', 'consumers', 'consumers:all'],
  },
  check: { tasks: ['build', 'types', 'check'] },
  build: { tasks: ['build'], quiet: true },
  start: { script: 'start', of: 'playground' },
  bench: { script: 'bench', of: 'bench' },
  conformance: { script: 'conformance', of: 'conformance' },
  interop: { script: 'interop', of: 'interop' },
  record: { script: 'record', of: 'interop' },
  docs: { script: 'docs', of: 'docs' },
  format: { script: 'format', of: 'repo', unbuilt: true },
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

const launcher = path.join(root, 'node_modules/turbo/bin/turbo')

process.exitCode = main(process.argv.slice(2))

/** @param {string[]} args */
function main([name = 'test', ...rest]) {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    console.error(`Node 20 or newer is needed, and this is ${process.version}.`)
    return 2
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined && name !== 'changeset') {
    const names = [...Object.keys(commands), 'changeset'].join(', ')
    console.error(`There is no command "${name}"; there are ${names}.`)
    return 2
  }
  const wrong =
    command && 'tasks' in command ? rest.find((arg) => !/^--filter=./.test(arg)) : undefined
  if (wrong !== undefined) {
    console.error(
      `"${name}" runs over whole packages and takes no "${wrong}". For some packages: ` +
        `npm ${name === 'test' ? 'test' : `run ${name}`} -- --filter=@tesserae/parser. For one test: CONTRIBUTING.md.`,
    )
    return 2
  }
  const trouble = setUp(root)
  if (trouble !== undefined) {
    console.error(trouble)
    return 2
  }
  if (command === undefined)
    return run([path.join(root, 'node_modules/@changesets/cli/bin.js'), ...rest])
  if ('tasks' in command) return overPackages(command.tasks, rest, command.quiet ?? false)
  return inPackage(command, rest)
}

/**
 * @param {string[]} tasks
 * @param {string[]} filters
 * @param {boolean} quiet
 */
function overPackages(tasks, filters, quiet) {
  const folders = ['packages', 'tooling'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((entry) => path.join(root, folder, entry)),
  )
  // What is still true comes back from turbo's cache; what is not must not be read as if it were.
  for (const folder of folders)
    rmSync(path.join(folder, '.reports'), { recursive: true, force: true })
  const runs = path.join(root, '.turbo/runs')
  rmSync(runs, { recursive: true, force: true })
  const args = [...tasks, '--continue=dependencies-successful', ...filters]
  if (quiet) return turbo(args)
  const planned = tasksIn(turboSays([...args, '--dry=json']).stdout)
  const status = turbo([...args, '--summarize'])
  const summary = existsSync(runs)
    ? readdirSync(runs).find((file) => file.endsWith('.json'))
    : undefined
  const ran =
    summary === undefined ? undefined : tasksIn(readFileSync(path.join(runs, summary), 'utf8'))
  const { lines, ok } = closingLine(ran && planned && withReports(planned, ran), status, {
    skipsFail: Boolean(process.env['CI']),
  })
  for (const line of lines) console.log(line)
  return ok ? 0 : 1
}

/**
 * Turbo's own account leaves out what it never came to, so the plan says what should have run.
 *
 * @typedef {Omit<import('./run/closing-line.mjs').TaskRun, 'reports'>} Task
 * @param {Task[]} planned
 * @param {Task[]} ran
 */
function withReports(planned, ran) {
  return planned.map((task) => ({
    ...(ran.find(({ taskId }) => taskId === task.taskId) ?? {
      ...task,
      cache: {},
      execution: null,
    }),
    reports: reportsOf(path.join(root, task.directory), task.task),
  }))
}

/**
 * @param {string} json
 * @returns {Task[] | undefined}
 */
function tasksIn(json) {
  try {
    return JSON.parse(json).tasks
  } catch {
    return undefined
  }
}

/**
 * @param {{ script: string, of: string, unbuilt?: boolean }} command
 * @param {string[]} args
 */
function inPackage({ script, of, unbuilt = false }, args) {
  if (!unbuilt) {
    if (!existsSync(path.join(root, 'packages/parser/dist')))
      console.log('Building the packages, this once.')
    // What comes out belongs to the script, unless the build goes wrong.
    const { status, stdout, stderr } = turboSays(['build', `--filter=@tooling/${of}...`])
    if (status !== 0) {
      console.error(stdout + stderr)
      return status ?? 1
    }
  }
  return run(['--run', script, '--', ...args], path.join(root, 'tooling', of))
}

/** @param {string[]} args */
function turbo(args) {
  return run([launcher, 'run', ...args, '--output-logs=new-only', '--ui=stream'])
}

/** @param {string[]} args */
function turboSays(args) {
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8'), env: environment(root) }
  return spawnSync(nodeFor(root), [launcher, 'run', ...args], { ...options, maxBuffer: 1 << 26 })
}

/**
 * Runs a program on the pinned Node, in the foreground.
 *
 * @param {string[]} args
 * @param {string} cwd
 */
function run(args, cwd = root) {
  const { status, error } = spawnSync(nodeFor(root), args, {
    cwd,
    stdio: 'inherit',
    env: environment(root),
  })
  if (error) console.error(error.message)
  return status ?? 1
}
