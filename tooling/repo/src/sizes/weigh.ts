import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type BuildOptions } from 'esbuild'

const here = import.meta.dirname

/** What an import of everything that an entry exports adds to a page or a worker. */
export interface Weight {
  readonly minified: number
  readonly gzipped: number
  readonly exports: readonly string[]
  /** Modules that the bundle still asks for when it runs. */
  readonly imports: readonly string[]
  /** The files that are in the bundle. */
  readonly files: readonly string[]
  /** Globals that it mentions, of those that were asked about. */
  readonly globals: readonly string[]
}

/**
 * @param specifier - as a user would import it
 * @param from - the folder whose `node_modules` it is looked up in
 * @param globals - names to look for; found where they are the global, not a string, property or local of that name
 */
export async function weigh(
  specifier: string,
  from: string = here,
  globals: readonly string[] = [],
): Promise<Weight> {
  const options = {
    stdin: { contents: `export * from ${JSON.stringify(specifier)}`, resolveDir: from },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    // The clients are optional peers of a drop-in, which loads one only if it is given none.
    external: ['node:*', 'ioredis', 'redis'],
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
    absWorkingDir: here,
  } as const satisfies BuildOptions
  const { outputFiles, metafile } = await build(options)
  const { contents } = outputFiles[0]!
  const [output] = Object.values(metafile.outputs)
  return {
    minified: contents.length,
    gzipped: gzipSync(contents, { level: 9 }).length,
    exports: output!.exports,
    imports: output!.imports.flatMap((each) => (each.external ? [each.path] : [])),
    files: Object.keys(output!.inputs)
      .filter((file) => file !== '<stdin>')
      .map((file) => path.resolve(here, file)),
    globals: await mentioned(globals, options),
  }
}

/** esbuild replaces a defined name exactly where it means the global, so what was replaced was mentioned. */
async function mentioned(globals: readonly string[], options: BuildOptions): Promise<string[]> {
  const sign = (name: string) => `global_${name}_is_mentioned`
  const define = Object.fromEntries(
    globals.flatMap((name) => [
      [name, sign(name)],
      [`globalThis.${name}`, sign(name)],
    ]),
  )
  const { outputFiles } = await build({ ...options, define })
  return globals.filter((name) => outputFiles![0]!.text.includes(sign(name)))
}
