import ts from 'typescript'
import { textsOf } from '../repository.ts'
import type { Check } from '../types.ts'

/** One screen. */
const maxLines = 60

/**
 * A function is seen on one screen, or says above itself why not: `// long: <reason>`. The functions that have names of
 * their own inside of it do not count: a factory is as long as what it does itself.
 */
export const functionLength: Check = {
  name: 'function length',
  problems(root) {
    const code = /^(packages|tooling)\/[^/]+\/(src|server|page|run)\/.*\.m?[tj]s$/
    return textsOf(root, code).flatMap(tooLong)
  },
}

function tooLong({ file, text }: { file: string; text: string }): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const problems: string[] = []
  source.forEachChild(function look(node): void {
    const lines = hasBody(node) ? linesOf(node) - innerLines(node) : 0
    if (lines > maxLines && !saysWhy(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      problems.push(
        `${file}:${line + 1} has a function of ${lines} lines, and ${maxLines} are allowed: split it, or give the reason above it as "long: …"`,
      )
    }
    node.forEachChild(look)
  })
  return problems
}

function hasBody(node: ts.Node): node is ts.FunctionLikeDeclaration & { body: ts.Node } {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
}

function linesOf(node: ts.Node): number {
  return node.getText().split('\n').length
}

/** The lines of the functions with names that are declared directly inside of another. */
function innerLines(outer: ts.Node): number {
  let lines = 0
  outer.forEachChild(function look(node): void {
    const isExpression = ts.isArrowFunction(node) || ts.isFunctionExpression(node)
    const { parent } = node
    const isNamed =
      !isExpression || ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    if (hasBody(node) && isNamed) lines += linesOf(node)
    else node.forEachChild(look)
  })
  return lines
}

/** Whether a comment directly above the statement that the function begins in gives a reason. */
function saysWhy(node: ts.Node): boolean {
  const statement = ts.findAncestor(node, (each) => ts.isStatement(each) || ts.isClassElement(each))
  const above = statement?.getFullText().slice(0, statement.getLeadingTriviaWidth())
  return /\blong: \S+ \S+/.test(above ?? '')
}
