// Runs `npm test` and the other commands: sets the workspace up, lets turbo do the work, adds the results up.
// Plain JavaScript for the Node that is on the machine; everything after it runs on the one that the lock file names.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine } from './run/closing-line.mjs'
import { withProgress } from './run/progress.mjs'
import { reportsOf } from './run/reports.mjs'
import { environment, manifests, nodeFor, setUp } from './run/set-up.mjs'

const help = `Commands:

  npm start                runs the playground on this machine; takes --port
  npm test                 builds, checks and tests everything; ends with "N passed, N failed"
  npm run test:all         the same, with the long suites and with the runtimes that take longer
  npm run check            builds, types and the checks of the repository, without the tests
  npm run build            builds the packages
  npm run bench            measures speed against other packages; needs a quiet machine
  npm run conformance      counts how many streams this and other packages read and write correctly
  npm run interop          runs servers, clients and gateways of other projects against the packages
  npm run record           records streams from a real engine on this machine
  npm run docs             writes the API pages and guides as static files
  npm run pack             packs the packages as tarballs, to use them before a release
  npm run format           formats every file
  npm run changeset        describes a change for the changelog

After --, test, test:all, check and build take --filter=<package>, such as --filter=@tesserae/parser. The others:

  bench, changeset         --help lists the options, once the workspace is set up
  conformance              parsers, accumulators, responses, encoders or clients; --write updates the tables
  interop                  -t <word>: only the pairs with this word in their names
  record                   names of cases; --write keeps the recordings
  docs                     --write updates the tables of the front page first
  pack                     a folder; default: tarballs`

/**
 * Turbo's tasks over all packages, added up at the end; of `build`, only whether it worked.
 *
 * @type {Record<string, string[]>}
 */
const overPackages = {
  test: ['build', 'types', 'check', 'test', 'consumers'],
  // `consumers:all` runs everything that `consumers` runs.
  'test:all': ['build', 'types', 'check', 'test', 'test:long', 'consumers:all'],
  check: ['build', 'types', 'check'],
  build: ['build'],
}

/**
 * The workspace whose script of the same name runs in the foreground, once what it depends on is built.
 *
 * @type {Record<string, string>}
 */
const inWorkspace = {
  bench: 'bench',
  conformance: 'conformance',
  interop: 'interop',
  record: 'interop',
  docs: 'docs',
  pack: 'repo',
  format: 'repo',
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

const launcher = path.join(root, 'node_modules/turbo/bin/turbo')

process.exitCode = await main(process.argv.slice(2))

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function main([name = 'test', ...rest]) {
  if (Number.parseInt(process.versions.node, 10) < 20)
    return refuse(`This needs Node 20 or newer; found ${process.version}.`)
  if (name === 'start') return startPlayground(rest)
  const tasks = Object.hasOwn(overPackages, name) ? overPackages[name] : undefined
  const workspace = Object.hasOwn(inWorkspace, name) ? inWorkspace[name] : undefined
  const isKnown = tasks !== undefined || workspace !== undefined || name === 'changeset'
  // These have more options than fit here, and print them where they can run: asking must not install anything.
  const isSetUp = existsSync(path.join(root, 'node_modules/.set-up'))
  const hasOwnHelp = isSetUp && (name === 'bench' || name === 'changeset')
  const asksForHelp = rest.some((arg) => arg === '--help' || arg === '-h')
  if (name === 'help' || (isKnown && asksForHelp && !hasOwnHelp)) {
    console.log(help)
    return 0
  }
  if (!isKnown) return refuse(`Unknown command "${name}".\n\n${help}`)
  const wrong = tasks && rest.find((arg) => !/^--filter=./.test(arg))
  if (wrong !== undefined)
    return refuse(
      `"${name}" runs over whole packages and does not take "${wrong}". For some packages: ` +
        '-- --filter=@tesserae/parser. For one test: CONTRIBUTING.md.',
    )
  const trouble = setUp(root)
  if (trouble !== undefined) return refuse(trouble)
  if (tasks !== undefined) return runTasks(tasks, rest)
  if (workspace !== undefined) return runScript(name, workspace, rest)
  return run([path.join(root, 'node_modules/@changesets/cli/bin.js'), ...rest])
}

/** @param {string} sentence */
function refuse(sentence) {
  console.error(sentence)
  return 2
}

/**
 * The playground is installed, built from the sources and run on the Node of the machine, so that a first look does not
 * need the tools of the tests.
 *
 * @param {string[]} args
 */
function startPlayground(args) {
  const trouble = setUp(root, 'page')
  if (trouble !== undefined) return refuse(trouble)
  const playground = path.join(root, 'tooling/playground')
  console.log('Building the page and the server.')
  const status = run([path.join(playground, 'build.mjs')], playground, process.execPath)
  if (status !== 0) return status
  return run([path.join(playground, 'dist/server/main.js'), ...args], playground, process.execPath)
}

/**
 * @param {string[]} tasks
 * @param {string[]} filters
 */
async function runTasks(tasks, filters) {
  // What is still true comes back from turbo's cache; what is not must not be read as if it were.
  for (const manifest of manifests(root))
    rmSync(path.join(root, manifest, '../.reports'), { recursive: true, force: true })
  const runs = path.join(root, '.turbo/runs')
  rmSync(runs, { recursive: true, force: true })
  const args = [...tasks, '--continue=dependencies-successful', ...filters]
  if (tasks.length === 1) return run(turboArgs(args))
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
  const [summary] = existsSync(runs) ? readdirSync(runs) : []
  const ran = summary && tasksIn(readFileSync(path.join(runs, summary), 'utf8'))
  const reported = planned && ran ? withReports(planned, ran) : undefined
  const { lines, ok } = closingLine(reported, status, { skipsFail: Boolean(process.env['CI']) })
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
 * @param {string} script
 * @param {string} workspace
 * @param {string[]} args
 */
function runScript(script, workspace, args) {
  if (script !== 'format') {
    if (!existsSync(path.join(root, 'packages/parser/dist')))
      console.log('Building the packages, this once.')
    // What comes out belongs to the script, unless the build goes wrong.
    const { status, stdout, stderr } = turboSays(['build', `--filter=@tooling/${workspace}...`])
    if (status !== 0) {
      console.error(stdout + stderr)
      return status ?? 1
    }
  }
  return run(['--run', script, '--', ...args], path.join(root, 'tooling', workspace))
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
