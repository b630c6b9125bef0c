import path from 'node:path'
import ts from 'typescript'

/**
 * Names what an entry exports without saying what it is, and the functions and classes among it that show no
 * example: a sentence for each.
 */
export function undocumented(entries: readonly string[], root: string): string[] {
  const program = ts.createProgram([...entries], {
    noLib: true,
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  })
  const checker = program.getTypeChecker()
  const problems = new Set<string>()
  for (const entry of entries) {
    const source = program.getSourceFile(entry)
    const module = source && checker.getSymbolAtLocation(source)
    for (const exported of module ? checker.getExportsOfModule(module) : []) {
      const symbol =
        exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      const declarations = symbol.declarations ?? []
      const [first] = declarations
      if (first === undefined) continue
      const file = path.relative(root, first.getSourceFile().fileName).replaceAll(path.sep, '/')
      const { line } = first.getSourceFile().getLineAndCharacterOfPosition(first.getStart())
      const where = `${file}:${line + 1} ${exported.name}`
      if (symbol.getDocumentationComment(checker).length === 0)
        problems.add(`${where} is exported and not documented`)
      const isCalled =
        (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0 &&
        exported.declarations?.some(ts.isTypeOnlyExportDeclaration) !== true
      if (isCalled && !symbol.getJsDocTags(checker).some(({ name }) => name === 'example'))
        problems.add(`${where} is exported and has no @example`)
    }
  }
  return [...problems].sort()
}
