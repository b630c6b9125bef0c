import { type Manifest, readManifest } from '../../../config/workspaces.ts'
import { published, workspaces } from '../repository.ts'
import type { Check } from '../types.ts'

interface Edges {
  readonly dependencies: readonly string[]
  readonly peerDependencies: readonly string[]
  /** The packages of this repository that its tests may use. */
  readonly inTests: readonly string[]
}

const core = { peerDependencies: [], inTests: ['@tesserae/testkit'] }

/** The arrows between the packages, and every dependency that a user installs. */
export const graphOf: Readonly<Record<string, Edges>> = {
  '@tesserae/parser': { dependencies: [], ...core },
  '@tesserae/encoder': { dependencies: [], ...core },
  '@tesserae/client': { dependencies: ['@tesserae/parser'], ...core },
  '@tesserae/openai': { dependencies: ['@tesserae/parser'], ...core },
  '@tesserae/resume': {
    dependencies: ['@tesserae/encoder'],
    ...core,
    // Optional, for the drop-in: it makes a client itself when it is given none.
    peerDependencies: ['ioredis', 'redis'],
  },
  '@tesserae/testkit': { dependencies: [], peerDependencies: ['fast-check'], inTests: [] },
}

export const graph: Check = {
  name: 'graph',
  problems(root) {
    const ours = new Set(workspaces(root).map(({ manifest }) => manifest.name))
    return [
      ...published(root).flatMap(({ manifest }) => wrongEdges(manifest, ours)),
      ...twoVersionsOfPnpm(readManifest(root)),
    ]
  },
}

function wrongEdges(manifest: Manifest, ours: ReadonlySet<string>): string[] {
  const { name } = manifest
  const edges = graphOf[name]
  if (edges === undefined)
    return [
      `${name} is not in the graph: add it to tooling/repo/src/checks/graph.ts with its arrows`,
    ]
  const runtime = [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
  ]
  return [
    ...runtime
      .filter((other) => !edges.dependencies.includes(other))
      .map((other) => `${name} must not depend on ${other}: what it needs, it does itself`),
    ...edges.dependencies
      .filter((other) => manifest.dependencies?.[other] !== 'workspace:^')
      .map((other) => `${name} depends on ${other}, as "workspace:^"`),
    ...Object.keys(manifest.peerDependencies ?? {})
      .filter((other) => !edges.peerDependencies.includes(other))
      .map((other) => `${name} must not ask its users for ${other}`),
    ...Object.keys(manifest.devDependencies ?? {})
      .filter((other) => ours.has(other) && !edges.inTests.includes(other))
      .map(
        (other) =>
          `${name} must not use ${other}, in tests neither: see the graph in CONTRIBUTING.md`,
      ),
  ]
}

function twoVersionsOfPnpm({ packageManager, devDependencies }: Manifest): string[] {
  if (packageManager === `pnpm@${devDependencies?.['pnpm']}`) return []
  return [`package.json: "packageManager" and the dependency on pnpm have to name one version`]
}
