import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { readPackage, repository } from '../../config/workspaces.ts'

const here = import.meta.dirname
export const scratch = path.resolve(here, '../.scratch')

export interface BundleOptions {
  /** The checkout whose packages `@tesserae/*` stands for. */
  readonly checkout?: string
  /** Makes what is measured part of the bundle, so that two bundles share no code, nor what V8 learns about it. */
  readonly apart?: boolean
}

/**
 * Writes the TypeScript of this folder as one JavaScript file, so that any Node can run it. What is measured
 * stays outside as the files that were published or built, imported by address. Each side of a duel is
 * its own bundle: one function that serves both would be compiled for neither.
 */
export async function bundle(
  module: string,
  outfile: string,
  { checkout = repository, apart = false }: BundleOptions = {},
): Promise<string> {
  await build({
    stdin: { contents: `export * from ${JSON.stringify(module)}`, resolveDir: here, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // Without this esbuild would prefer `module` entries, which no Node loads.
    conditions: [],
    target: 'node20',
    logLevel: 'silent',
    plugins: [measuredCode(checkout, apart)],
  })
  return pathToFileURL(outfile).href
}

/** A folder of its own for each run, so that two runs do not meet. */
export function scratchFolder(): { readonly folder: string; remove(): void } {
  mkdirSync(scratch, { recursive: true })
  const folder = mkdtempSync(path.join(scratch, `run-${process.pid}-`))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function measuredCode(checkout: string, apart: boolean): Plugin {
  return {
    name: 'measured code stays as it was built',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^[^./]/ }, async ({ path: specifier, pluginData, ...from }) => {
        if (pluginData === 'asked' || specifier.startsWith('@tooling/')) return undefined
        if (specifier.startsWith('node:')) return { path: specifier, external: true }
        const file = specifier.startsWith('@tesserae/')
          ? builtEntry(checkout, specifier)
          : (await resolve(specifier, { ...from, pluginData: 'asked' })).path
        return apart ? { path: file } : { path: pathToFileURL(file).href, external: true }
      })
    },
  }
}

/** Where the `exports` of a workspace package lead; always into `dist`, for users do not run `src`. */
function builtEntry(checkout: string, specifier: string): string {
  const folder = path.join(checkout, 'packages', specifier.split('/')[1]!)
  const entry = readPackage(folder).entries.find((each) => each.specifier === specifier)
  if (!entry?.code.startsWith('./dist/'))
    throw new Error(
      `${specifier} leads to ${entry?.code ?? 'nothing'} in ${folder}, which is not built`,
    )
  return path.join(folder, entry.code)
}
