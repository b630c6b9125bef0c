import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

const parsed = new Map<string, ts.SourceFile>()

/** The syntax tree of a file of TypeScript or JavaScript, parsed once for all checks. */
export function parse(root: string, file: string): ts.SourceFile {
  const absolute = path.join(root, file)
  let source = parsed.get(absolute)
  if (source === undefined) {
    const text = readFileSync(absolute, 'utf8')
    source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    parsed.set(absolute, source)
  }
  return source
}

/** `file:line` of a node, as editors link it. */
export function placeOf(node: ts.Node): string {
  const source = node.getSourceFile()
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
}

/** Calls `visit` with a node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

/** Where each import and re-export of a file points: type-only ones and `import('…')` types included. */
export function importsOf(root: string, file: string): string[] {
  const specifiers: string[] = []
  walk(parse(root, file), (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0])
  })
  return specifiers

  function add(specifier: ts.Node | undefined): void {
    if (specifier !== undefined && ts.isStringLiteral(specifier)) specifiers.push(specifier.text)
  }
}
