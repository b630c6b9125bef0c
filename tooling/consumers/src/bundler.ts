import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import { here, isInside } from './layout.ts'
import { repository } from '../../config/workspaces.ts'

/** The test files of a package, and the project in which its tarball is installed. */
export interface TestSources {
  /** The package under test, as its users write it. */
  readonly name: string
  /** The folder of its tests: code outside of it is reached through the package's name alone. */
  readonly tests: string
  /** Absolute paths. */
  readonly files: readonly string[]
  /** The project whose `node_modules` has the tarball, and the tarballs of packages that only the tests use. */
  readonly project: string
  /** Tells the bundles of a project apart. */
  readonly label?: string
}

/** One ES module with the tests of a package, all that they need, and the harness that runs them. */
export interface TestBundle {
  readonly path: string
  /** The names of the test files in it, as `run({ file })` takes them. */
  readonly files: readonly string[]
  /** Whether each file wants a runtime that nothing else has run in: it may look at the process as a whole. */
  readonly apart: boolean
}

const harness = path.join(here, 'src/harness')
const stands = {
  vitest: path.join(harness, 'vitest.ts'),
  'fast-check': path.join(harness, 'fast-check.ts'),
}

/**
 * `portable`: everything in one file, which needs no more than the globals of the web.
 * `node`: Node's modules are there, and the packages stay outside of the bundle, in files of their own.
 */
export type Target = 'portable' | 'node'

export async function bundleTests(sources: TestSources, target: Target): Promise<TestBundle> {
  const files = sources.files.map((file) => path.relative(path.dirname(sources.tests), file))
  const { label = 'tests' } = sources
  const output = path.join(sources.project, `${label}.bundle.mjs`)
  const entry = path.join(sources.project, `${label}.entry.ts`)
  writeFileSync(entry, entryText(sources.files, files))
  const { metafile } = await esbuild.build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: target === 'node' ? 'node' : 'neutral',
    // Only what every resolver knows: a package must not need a condition that one bundler has.
    conditions: [],
    mainFields: ['main'],
    metafile: true,
    logLevel: 'silent',
    absWorkingDir: repository,
    plugins: [onlyTheTarball(sources, target)],
    ...(target === 'node' ? { define: ownPlace } : {}),
  })
  if (target === 'portable') assertInputs(sources, Object.keys(metafile.inputs), entry)
  return { path: output, files, apart: target === 'node' }
}

function entryText(files: readonly string[], names: readonly string[]): string {
  const loads = files.map(
    (file, index) => `  ${JSON.stringify(names[index])}: () => import(${JSON.stringify(file)}),`,
  )
  // Vitest sets a timer while it loads, which workerd refuses until there is a request: hence inside of `run`.
  return [
    'const loads = {',
    ...loads,
    '}',
    'export async function run(options, report) {',
    `  const { runFile } = await import(${JSON.stringify(path.join(harness, 'bundle.ts'))})`,
    '  return runFile(loads, options, report)',
    '}',
    '',
  ].join('\n')
}

/** Decides for every import of the tests and of the packages where it leads. */
function onlyTheTarball(sources: TestSources, target: Target): esbuild.Plugin {
  const tests = realpathSync(sources.tests)
  const installed = installedFolder(sources)
  const isInstalled = (file: string): boolean => isInside(file, installed)

  return {
    name: 'only-the-tarball',
    setup(build) {
      build.onResolve({ filter: /./ }, async (args) => {
        if (args.pluginData === passOn || args.kind === 'entry-point') return undefined
        const fromTests = isInside(args.importer, tests)
        const fromPackage = isInstalled(args.importer)
        if (args.path === 'fast-check' && !fromTests && !fromPackage && target === 'node')
          return { path: args.path, external: true }
        if (!fromTests && !fromPackage) return undefined

        if (args.path in stands) return { path: stands[args.path as keyof typeof stands] }
        if (args.path.endsWith('?raw') && fromTests) return rawText(args)
        const isRelative = /^\.\.?\//.test(args.path)
        const isOurs = args.path.startsWith('@tesserae/')
        if (!isRelative && !isOurs) {
          if (target === 'portable')
            return refused(args, 'A portable test has vitest, fast-check and @tesserae/*.')
          return isBuiltin(args.path) ? { path: args.path, external: true } : undefined
        }

        const resolveDir = isRelative || fromPackage ? args.resolveDir : sources.project
        const found = await build.resolve(args.path, {
          kind: args.kind,
          resolveDir,
          importer: args.importer,
          pluginData: passOn,
        })
        if (found.errors.length > 0) return { errors: found.errors }
        const real = realpathSync(found.path)
        if (isRelative && fromTests && !isInside(real, tests))
          return refused(args, `Tests reach the package by its name; this is ${real}.`)
        if (isRelative && fromPackage && packageFolder(real) !== packageFolder(args.importer))
          return refused(args, `It leaves its package for ${real}.`)
        if (!isRelative && !isInstalled(real))
          return refused(args, `It resolves to ${real}, which no tarball brought.`)
        return { path: real, external: target === 'node' && !isRelative }
      })

      build.onLoad({ filter: /./, namespace: 'raw' }, ({ path: file }) => ({
        contents: readFileSync(file),
        loader: 'text',
      }))
      build.onLoad({ filter: /\/vitest\/dist\/.*\.js$/ }, ({ path: file }) => ({
        contents: withoutEnvironment(file),
      }))
      if (target === 'node')
        build.onLoad({ filter: /\.ts$/ }, ({ path: file }) =>
          isInside(file, tests) ? { contents: withOwnPlace(file), loader: 'ts' } : undefined,
        )
    },
  }
}

/** A bundle has one place; its files keep their own, so that what lies beside a test is still found. */
const ownPlace = {
  'import.meta.url': '__fileUrl',
  'import.meta.filename': '__fileName',
  'import.meta.dirname': '__fileFolder',
}

function withOwnPlace(file: string): string {
  const values = [pathToFileURL(file).href, file, path.dirname(file)].map((text) =>
    JSON.stringify(text),
  )
  const names = Object.values(ownPlace).map((name, index) => `${name} = ${values[index]}`)
  // On the first line, so that the others keep their numbers.
  return `const ${names.join(', ')};${readFileSync(file, 'utf8')}`
}

/** Vitest colours its messages, and asks the environment first, which not every runtime has or lets it read. */
function withoutEnvironment(file: string): string {
  const process = JSON.stringify({ env: { NO_COLOR: '1', NODE_ENV: 'production' } })
  return `const process = ${process}, window = undefined;${readFileSync(file, 'utf8')}`
}

function installedFolder({ project }: TestSources): string {
  return path.join(realpathSync(project), 'node_modules')
}

/** Marks the resolutions that this plugin asks esbuild for, so that it does not answer them itself. */
const passOn = Symbol('resolve as esbuild does')

function rawText(args: esbuild.OnResolveArgs): esbuild.OnResolveResult {
  const file = realpathSync(path.resolve(args.resolveDir, args.path.slice(0, -'?raw'.length)))
  return isInside(file, repository)
    ? { path: file, namespace: 'raw' }
    : refused(args, 'Text comes from the repository alone.')
}

function refused(args: esbuild.OnResolveArgs, reason: string): esbuild.OnResolveResult {
  return {
    errors: [
      {
        text: `"${args.path}" cannot be imported by ${path.relative(repository, args.importer)}. ${reason}`,
      },
    ],
  }
}

/** `…/node_modules/@scope/name` of a file in it. */
function packageFolder(file: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]
}

/** Looks at what went into the bundle, whatever resolved it: nothing from the workspace, and the tarball at least once. */
function assertInputs(sources: TestSources, inputs: readonly string[], entry: string): void {
  const files = inputs
    .filter((input) => !input.startsWith('raw:'))
    .map((input) => realpathSync(path.resolve(repository, input)))
  const installed = installedFolder(sources)
  const tests = realpathSync(sources.tests)
  const known = [installed, tests, harness, path.join(repository, 'node_modules/.pnpm')]
  for (const file of files)
    if (file !== realpathSync(entry) && !known.some((folder) => isInside(file, folder)))
      throw new Error(`The bundle took in ${file}, which is not in the tarball.`)
  if (!files.some((file) => isInside(file, path.join(installed, sources.name))))
    throw new Error(
      `The tests of ${sources.name} never import it, so they say nothing about its tarball.`,
    )
}
