import * as esbuild from 'esbuild'
import { exportsOf } from '../../config/exports.ts'

/** The names that a module of TypeScript exports when it runs. */
export async function namesAtRunTime(source: string): Promise<string[]> {
  const { metafile } = await esbuild.build({
    entryPoints: [source],
    bundle: true,
    packages: 'external',
    platform: 'neutral',
    format: 'esm',
    write: false,
    metafile: true,
    outdir: '.',
    logLevel: 'silent',
  })
  return Object.values(metafile.outputs)
    .flatMap((output) => output.exports)
    .toSorted()
}

/** The names that each of these modules exports, types among them. */
export function declaredNames(files: readonly string[]): string[][] {
  return exportsOf(files).map((exported) => exported.map(({ name }) => name).toSorted())
}
