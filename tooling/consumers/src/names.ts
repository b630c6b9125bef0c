import path from 'node:path'
import * as esbuild from 'esbuild'
import ts from 'typescript'

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
  const program = ts.createProgram(files, {
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    resolveJsonModule: true,
    noEmit: true,
    // Names need no library, and so take no time.
    noLib: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  return files.map((file) => {
    const source = program.getSourceFile(file)
    const symbol = source && checker.getSymbolAtLocation(source)
    if (symbol === undefined) throw new Error(`${path.basename(file)} is not a module.`)
    return checker
      .getExportsOfModule(symbol)
      .map(({ name }) => name)
      .toSorted()
  })
}
