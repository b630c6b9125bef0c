import { type Manifest, published, readManifest, workspaces } from '../../../config/workspaces.ts'
import type { Check } from '../types.ts'

const testkit = '@tesserae/testkit'

/** The arrows between the packages, and every other package that a user installs or that tests may use. */
const graphOf: Readonly<Record<string, Partial<Record<Kind, readonly string[]>>>> = {
  '@tesserae/parser': { devDependencies: [testkit] },
  '@tesserae/encoder': { devDependencies: [testkit] },
  '@tesserae/client': { dependencies: ['@tesserae/parser'], devDependencies: [testkit] },
  '@tesserae/openai': { dependencies: ['@tesserae/parser'], devDependencies: [testkit] },
  '@tesserae/resume': {
    dependencies: ['@tesserae/encoder'],
    // Optional, for the drop-in: it makes a client itself when it is given none.
    peerDependencies: ['ioredis', 'redis'],
    devDependencies: [testkit],
  },
  [testkit]: { peerDependencies: ['fast-check'] },
}

const kinds = [
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'devDependencies',
] as const
type Kind = (typeof kinds)[number]

export const graph: Check = {
  name: 'graph',
  problems(root) {
    const ours = new Set(workspaces(root).map(({ manifest }) => manifest.name))
    const { packageManager, devDependencies } = readManifest(root)
    return [
      ...published(root).flatMap(({ manifest }) => wrongEdges(manifest, ours)),
      ...(packageManager === `pnpm@${devDependencies?.['pnpm']}`
        ? []
        : ['package.json: "packageManager" and the dependency on pnpm have to name one version']),
    ]
  },
}

function wrongEdges(manifest: Manifest, ours: ReadonlySet<string>): string[] {
  const { name, dependencies = {} } = manifest
  const edges = graphOf[name]
  if (edges === undefined)
    return [
      `${name} is not in the graph: add it to tooling/repo/src/checks/graph.ts with its arrows`,
    ]
  const extra = kinds.flatMap((kind) =>
    Object.keys(manifest[kind] ?? {})
      // What builds and tests a package is its own choice, unless it is one of these.
      .filter((other) => kind !== 'devDependencies' || ours.has(other))
      .filter((other) => edges[kind]?.includes(other) !== true)
      .map((other) => `${name} must not have ${other} among its ${kind}: see CONTRIBUTING.md`),
  )
  const missing = (edges.dependencies ?? [])
    .filter((other) => dependencies[other] !== 'workspace:^')
    .map((other) => `${name} depends on ${other}, as "workspace:^"`)
  return [...extra, ...missing]
}
