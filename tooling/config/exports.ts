import path from 'node:path'
import ts from 'typescript'

/** A name that a module exports, types among them, and the file that declares it. */
export interface Exported {
  readonly name: string
  /** Whether it is there when the module runs. */
  readonly isValue: boolean
  readonly file: string | undefined
}

/** What each of these modules of TypeScript exports. */
export function exportsOf(files: readonly string[]): Exported[][] {
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
    const module = source && checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`${path.basename(file)} is not a module.`)
    return checker.getExportsOfModule(module).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      const isType = symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration)
      return {
        name: symbol.name,
        isValue: !isType && (target.flags & ts.SymbolFlags.Value) !== 0,
        file: target.declarations?.[0]?.getSourceFile().fileName,
      }
    })
  })
}
