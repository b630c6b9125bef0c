import ts from 'typescript'
import { filesOf } from '../repository.ts'
import { parse, placeOf, walk } from '../source.ts'
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
    return filesOf(root)
      .filter((file) =>
        /^(packages|tooling)\/[^/]+\/(src|server|page|run)\/.*\.m?[tj]s$/.test(file),
      )
      .flatMap((file) => tooLong(parse(root, file)))
  },
}

export function tooLong(source: ts.SourceFile): string[] {
  const problems: string[] = []
  walk(source, (node) => {
    if (!hasBody(node)) return
    const lines = linesOf(node) - innerLines(node)
    if (lines <= maxLines || saysWhy(source, node)) return
    problems.push(
      `${placeOf(node)} has a function of ${lines} lines, and ${maxLines} are allowed: split it, or give the reason above it as "long: …"`,
    )
  })
  return problems
}

function hasBody(node: ts.Node): node is ts.FunctionLikeDeclaration & { body: ts.Node } {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
}

function linesOf(node: ts.Node): number {
  const source = node.getSourceFile()
  const line = (position: number): number => source.getLineAndCharacterOfPosition(position).line
  return line(node.getEnd()) - line(node.getStart()) + 1
}

/** The lines of the functions with names that are declared directly inside of another. */
function innerLines(outer: ts.Node): number {
  let lines = 0
  outer.forEachChild(function look(node): void {
    const isNamed =
      hasBody(node) &&
      (ts.isArrowFunction(node) || ts.isFunctionExpression(node)
        ? ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent)
        : true)
    if (isNamed) lines += linesOf(node)
    else node.forEachChild(look)
  })
  return lines
}

/** Whether a comment above the statement that holds the function gives a reason. */
function saysWhy(source: ts.SourceFile, node: ts.Node): boolean {
  let outer = node
  while (
    ts.isVariableDeclaration(outer.parent) ||
    ts.isVariableDeclarationList(outer.parent) ||
    ts.isVariableStatement(outer.parent) ||
    ts.isCallExpression(outer.parent) ||
    ts.isPropertyAssignment(outer.parent) ||
    ts.isReturnStatement(outer.parent)
  )
    outer = outer.parent
  const comments = ts.getLeadingCommentRanges(source.text, outer.getFullStart()) ?? []
  return comments.some(({ pos, end }) => /\blong: \S+ \S+/.test(source.text.slice(pos, end)))
}
