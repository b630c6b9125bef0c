import ts from 'typescript'

/** A result that the example states in a comment, to be held against what it really does. */
interface Stated {
  /** `=>` states a value or what is printed; `throws` an error. */
  readonly kind: '=>' | 'throws'
  /** One text for each line stated. */
  readonly texts: readonly string[]
  /** Where the comments begin that say so. */
  readonly comments: readonly number[]
}

export interface Instrumented {
  readonly code: string
  /** The 0-based line of each result stated. */
  readonly stated: readonly number[]
}

/**
 * Rewrites an example so that it checks what its comments state, through a global `__example` that
 * `example-process.ts` provides. No line is added, so the places in its errors hold.
 */
export function instrument(code: string): Instrumented {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true)
  const opening = new Map<number, string>()
  const closing = new Map<number, string>()
  const taken = new Set<number>()
  const stated: number[] = []

  /** Children are visited first, so of two texts at one place the inner statement's is there first. */
  const surround = (node: ts.Node, before: string, after: string): void => {
    const start = node.getStart(source)
    opening.set(start, before + (opening.get(start) ?? ''))
    closing.set(node.end, (closing.get(node.end) ?? '') + after)
  }

  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit)
    if (!ts.isStatement(node) || ts.isBlock(node)) return
    const result = statedBehind(code, node, taken)
    if (result === undefined) return
    for (const comment of result.comments) taken.add(comment)
    const { line } = source.getLineAndCharacterOfPosition(result.comments[0] as number)
    const id = stated.push(line) - 1
    const inTurn = result.texts.length === 1 ? turns(result.texts[0] as string) : []
    const what = `${id}, ${line}, ${JSON.stringify(result.texts)}, ${JSON.stringify(inTurn)}`
    const expression = expressionOf(node)
    if (result.kind === 'throws')
      surround(
        node,
        `{ __example.expectError(${what}); try { `,
        ` ; __example.returned(${id}) } catch (error) { __example.threw(${id}, error) } }`,
      )
    else if (expression)
      surround(expression, `__example.check(__example.expect(${what}), (`, `), ${values(result)})`)
    else
      surround(
        node,
        `{ const expected = __example.expect(${what}); `,
        ` ; __example.check(expected, undefined, ${values(result)}) }`,
      )
  }

  visit(source)
  let out = ''
  let from = 0
  for (const at of [...new Set([...opening.keys(), ...closing.keys()])].sort((a, b) => a - b)) {
    out += code.slice(from, at) + (closing.get(at) ?? '') + (opening.get(at) ?? '')
    from = at
  }
  return { code: out + code.slice(from), stated }
}

function expressionOf(node: ts.Statement): ts.Expression | undefined {
  if (ts.isExpressionStatement(node)) return node.expression
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.at(-1)?.initializer
  return undefined
}

/** The result stated after a statement: on its last line, or alone on the lines below it. */
function statedBehind(code: string, node: ts.Statement, taken: Set<number>): Stated | undefined {
  const beside = ts.getTrailingCommentRanges(code, node.end) ?? []
  // In `for (…) f()` both statements end at one place; what stands below belongs to the whole loop.
  const isBody = ts.isStatement(node.parent) && !ts.isBlock(node.parent)
  const below = isBody ? [] : (ts.getLeadingCommentRanges(code, node.end) ?? [])
  const comments = [...beside.filter((range) => announced(textOf(code, range))), ...below]
    .filter(({ pos }) => !taken.has(pos))
    .map((range) => ({ pos: range.pos, text: textOf(code, range) }))
  const kind = announced(comments[0]?.text ?? '')?.kind
  if (kind === undefined) return undefined
  const texts: string[] = []
  let at = 0
  while (at < comments.length) {
    const first = announced(comments[at]?.text ?? '')
    if (first?.kind !== kind) break
    const { text, lines } = wholeValue(
      first.text,
      comments.slice(at + 1).map((comment) => comment.text),
    )
    texts.push(text)
    at += lines
  }
  return { kind, texts, comments: comments.slice(0, at).map(({ pos }) => pos) }
}

/** A value may go on in the comments below it, until its brackets close. If they never do, it was text. */
function wholeValue(first: string, below: readonly string[]): { text: string; lines: number } {
  let text = first
  for (let lines = 1; ; lines++) {
    if (isExpression(text)) return { text, lines }
    const next = below[lines - 1]
    if (next === undefined || announced(next)) return { text: first, lines: 1 }
    text += ` ${next.trim()}`
  }
}

/** `'a', then 'b'` states what a line gives that runs twice. */
function turns(text: string): string[] {
  return text.split(/,\s+then\s+/)
}

function announced(comment: string): { kind: Stated['kind']; text: string } | undefined {
  const [, kind, text = ''] = /^(=>|throws) +(.+)$/.exec(comment) ?? []
  return kind === undefined ? undefined : { kind: kind as Stated['kind'], text: text.trim() }
}

function textOf(code: string, { pos, end }: ts.CommentRange): string {
  return code.slice(pos, end).replace(/^\/\/ ?/, '')
}

function isExpression(text: string): boolean {
  const source = ts.createSourceFile('value.ts', `(${text}\n)`, ts.ScriptTarget.Latest)
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly unknown[] }
  return parseDiagnostics.length === 0 && source.statements.length === 1
}

/** Source for the values that the texts stand for, where they are expressions: `[[text, () => value], …]`. */
function values({ texts }: Stated): string {
  const each = [...new Set([...texts, ...texts.flatMap(turns)])].filter(isExpression)
  return `[${each.map((text) => `[${JSON.stringify(text)}, () => (${text})]`).join(', ')}]`
}
