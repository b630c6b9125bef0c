// Runs `npm test` and the other commands: sets the workspace up, lets turbo do the work, adds the results up.
// Plain JavaScript for the Node that is on the machine; everything after it runs on the one that the lock file names.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine } from './run/closing-line.mjs'
import { withProgress } from './run/progress.mjs'
import { reportsOf } from './run/reports.mjs'
import { environment, nodeFor, setUp } from './run/set-up.mjs'

const FILTER = '--filter=<package>  only this package, such as --filter=@tesserae/parser'

/**
 * Each command. `tasks` are turbo's, over all packages, added up at the end; with `quiet`, only whether they worked.
 * `script` is one package's, run in the foreground with the arguments given, once the package and what it depends on
 * are built. `about` and `takes` are what `--help` prints; a script with `ownHelp` prints its own.
 *
 * @typedef {{ about: string, takes?: string[], ownHelp?: boolean }} Help
 * @typedef {{ tasks: string[], quiet?: boolean }} OverPackages
 * @typedef {{ script: string, of: string, unbuilt?: boolean }} InPackage
 * @type {Record<string, Help & (OverPackages | InPackage)>}
 */
const commands = {
  test: {
    about: 'Builds, checks and tests everything; ends with "N passed, N failed".',
    takes: [FILTER],
    tasks: ['build', 'types', 'check', 'test', 'consumers'],
  },
  'test:all': {
    about: 'The same, with the long suites and with the runtimes that take longer.',
    takes: [FILTER],
    // `consumers:all` runs everything that `consumers` runs.
    tasks: ['build', 'types', 'check', 'test', 'test:long', 'consumers:all'],
  },
  check: {
    about: 'Builds, types and the checks of the repository, without the tests.',
    takes: [FILTER],
    tasks: ['build', 'types', 'check'],
  },
  build: { about: 'Builds the packages.', takes: [FILTER], tasks: ['build'], quiet: true },
  bench: {
    about: 'Measures speed against other packages; needs a quiet machine.',
    takes: ['names of cases', '--help  lists the options, once the workspace is set up'],
    ownHelp: true,
    script: 'bench',
    of: 'bench',
  },
  conformance: {
    about: 'Counts how many streams this and other packages read and write correctly.',
    takes: [
      'a kind: parsers, accumulators, responses, encoders or clients',
      '--write  updates the tables of the READMEs',
    ],
    script: 'conformance',
    of: 'conformance',
  },
  interop: {
    about: 'Runs servers, clients and gateways of other projects against the packages.',
    takes: ['-t <word>  only the pairs with this word in their names'],
    script: 'interop',
    of: 'interop',
  },
  record: {
    about: 'Records streams from a real engine on this machine.',
    takes: ['names of cases', '--write  keeps the recordings'],
    script: 'record',
    of: 'interop',
  },
  docs: {
    about: 'Writes the API pages and guides as static files.',
    takes: ['--write  updates the tables of the front page first'],
    script: 'docs',
    of: 'docs',
  },
  pack: {
    about: 'Packs the packages as tarballs, to use them before a release.',
    takes: ['a folder; default: tarballs'],
    script: 'pack',
    of: 'repo',
  },
  format: { about: 'Formats every file.', script: 'format', of: 'repo', unbuilt: true },
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

const launcher = path.join(root, 'node_modules/turbo/bin/turbo')

process.exitCode = await main(process.argv.slice(2))

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function main([name = 'test', ...rest]) {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    console.error(`This needs Node 20 or newer; found ${process.version}.`)
    return 2
  }
  if (name === 'start') return startPlayground(rest)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const asksForHelp = rest.some((arg) => arg === '--help' || arg === '-h')
  // A command prints its own help only where it can run: asking must not install anything.
  const hasOwnHelp = command?.ownHelp && existsSync(path.join(root, 'node_modules/.set-up'))
  if (name === 'help' || (command && asksForHelp && !hasOwnHelp)) {
    console.log(command ? helpOf(name, command) : overview())
    return 0
  }
  if (command === undefined && name !== 'changeset') {
    console.error(`Unknown command "${name}".\n\n${overview()}`)
    return 2
  }
  const wrong =
    command && 'tasks' in command ? rest.find((arg) => !/^--filter=./.test(arg)) : undefined
  if (wrong !== undefined) {
    console.error(
      `"${name}" runs over whole packages and does not take "${wrong}". For some packages: ` +
        `${npmRun(name)} -- --filter=@tesserae/parser. For one test: CONTRIBUTING.md.`,
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
 * The playground is installed, built from the sources and run on the Node of the machine, so that a first look does not
 * need the tools of the tests.
 *
 * @param {string[]} args
 */
function startPlayground(args) {
  const trouble = setUp(root, 'page')
  if (trouble !== undefined) {
    console.error(trouble)
    return 2
  }
  const playground = path.join(root, 'tooling/playground')
  console.log('Building the page and the server.')
  const status = run([path.join(playground, 'build.mjs')], playground, process.execPath)
  if (status !== 0) return status
  return run([path.join(playground, 'dist/server/main.js'), ...args], playground, process.execPath)
}

/** @param {string} name */
function npmRun(name) {
  return name === 'test' || name === 'start' ? `npm ${name}` : `npm run ${name}`
}

function overview() {
  /** @type {[string, string][]} */
  const rows = [
    ['start', 'Runs the playground on this machine.'],
    ...Object.entries(commands).map(
      /** @returns {[string, string]} */ ([name, { about }]) => [name, about],
    ),
    ['changeset', 'Describes a change for the changelog.'],
  ]
  const lines = rows.map(([name, about]) => `  ${npmRun(name).padEnd(22)}${about}`)
  return `Commands (each takes -- --help):\n\n${lines.join('\n')}`
}

/**
 * @param {string} name
 * @param {Help} help
 */
function helpOf(name, { about, takes = [] }) {
  const options = takes.map((line) => `\n  ${line}`).join('')
  return `${npmRun(name)}: ${about}${options === '' ? '' : `\n\nAfter --, it takes:\n${options}`}`
}

/**
 * @param {string[]} tasks
 * @param {string[]} filters
 * @param {boolean} quiet
 */
async function overPackages(tasks, filters, quiet) {
  const folders = ['packages', 'tooling'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((entry) => path.join(root, folder, entry)),
  )
  // What is still true comes back from turbo's cache; what is not must not be read as if it were.
  for (const folder of folders)
    rmSync(path.join(folder, '.reports'), { recursive: true, force: true })
  const runs = path.join(root, '.turbo/runs')
  rmSync(runs, { recursive: true, force: true })
  const args = [...tasks, '--continue=dependencies-successful', ...filters]
  if (quiet) return run(turboArgs(args))
  const planned = tasksIn(turboSays([...args, '--dry=json']).stdout)
  const names = (planned ?? []).filter(hasScript).map(({ taskId }) => taskId)
  const status = await withProgress(
    spawn(nodeFor(root), turboArgs([...args, '--summarize']), {
      cwd: root,
      stdio: ['inherit', 'pipe', 'inherit'],
      env: environment(root),
    }),
    names,
  )
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

/** @param {Task} task */
function hasScript({ command }) {
  return command !== '<NONEXISTENT>'
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
function turboArgs(args) {
  return [launcher, 'run', ...args, '--output-logs=new-only', '--ui=stream', '--log-order=stream']
}

/** @param {string[]} args */
function turboSays(args) {
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8'), env: environment(root) }
  return spawnSync(nodeFor(root), [launcher, 'run', ...args], { ...options, maxBuffer: 1 << 26 })
}

/**
 * Runs a program in the foreground, on the pinned Node unless another is named.
 *
 * @param {string[]} args
 * @param {string} cwd
 * @param {string} node
 */
function run(args, cwd = root, node = nodeFor(root)) {
  const { status, error } = spawnSync(node, args, { cwd, stdio: 'inherit', env: environment(root) })
  if (error) console.error(error.message)
  return status ?? 1
}
