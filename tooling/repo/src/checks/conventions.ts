import path from 'node:path'
import ts from 'typescript'
import { filesOf, workspaces } from '../repository.ts'
import { parse, placeOf, walk } from '../source.ts'
import type { Check } from '../types.ts'

/** What the packages have in common, so that a reader of one knows where to look in the others. */
export const conventions: Check = {
  name: 'conventions',
  problems(root) {
    const files = filesOf(root).filter((file) => file.endsWith('.ts'))
    const all = workspaces(root)
    return [
      ...files
        .filter(isStrayHelper)
        .map((file) => `${file} is not a test: helpers of tests stand in test/support`),
      ...files
        .filter((file) => /^packages\/[^/]+\/src\//.test(file))
        .flatMap((file) => ofSource(parse(root, file))),
      ...all
        .filter(({ folder, manifest }) => hasIdleLongSuite(folder, files, manifest.scripts))
        .map(
          ({ folder }) =>
            `${folder} has a *.long.ts and no script "test:long", so that nothing runs it`,
        ),
      ...all.flatMap(({ folder, manifest }) =>
        Object.entries(manifest.scripts ?? {})
          .filter(([, command]) => needsPosixShell(command))
          .map(
            ([name]) => `${folder}: the script "${name}" needs a POSIX shell, and Windows has none`,
          ),
      ),
    ]
  },
}

function hasIdleLongSuite(
  folder: string,
  files: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
): boolean {
  return (
    scripts['test:long'] === undefined &&
    files.some((file) => file.startsWith(`${folder}/test/`) && file.endsWith('.long.ts'))
  )
}

/** What `cmd.exe` does not read as `sh` does: a variable before a command, `;`, `$`, a pipe, single quotes. */
function needsPosixShell(command: string): boolean {
  return /(?:^|&&)\s*\w+=|[;$|']/.test(command)
}

/** A file directly in `test/` that no runner runs and no compiler is pointed at. */
function isStrayHelper(file: string): boolean {
  const [, name] = /^packages\/[^/]+\/test\/([^/]+)$/.exec(file) ?? []
  return name !== undefined && !/\.(test|long)\.ts$|^types\.ts$/.test(name)
}

/** Errors stand in `errors.ts`, classes and texts; examples in TSDoc are fenced. */
export function ofSource(source: ts.SourceFile): string[] {
  const problems: string[] = []
  // The messages of the testkit are the grammar of a file format, and stand with the code that reads it.
  const mayWriteTexts = source.fileName.startsWith('packages/testkit/')
  // A drop-in has the errors of the library that it replaces.
  const isDropIn = source.fileName === 'packages/parser/src/compat.ts'
  const isErrors = path.basename(source.fileName) === 'errors.ts'
  walk(source, (node) => {
    if (ts.isClassDeclaration(node) && !isDropIn) problems.push(...ofClass(node, isErrors))
    if (
      ts.isNewExpression(node) &&
      !isErrors &&
      !mayWriteTexts &&
      !isDropIn &&
      isErrorWithText(node)
    )
      problems.push(`${placeOf(node)} writes the text of an error: texts stand in errors.ts`)
    for (const tag of 'jsDoc' in node ? ts.getJSDocTags(node) : [])
      if (tag.tagName.text === 'example' && !textOf(tag).includes('```ts'))
        problems.push(`${placeOf(tag)} has an @example without a fence: begin it with \`\`\`ts`)
  })
  return [...new Set(problems)]
}

function ofClass(node: ts.ClassDeclaration, isErrors: boolean): string[] {
  const parent = node.heritageClauses
    ?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
    ?.types[0]?.expression.getText()
  if (parent === undefined || !parent.endsWith('Error')) return []
  const name = node.name?.text ?? 'a class'
  const inherits = parent !== 'Error'
  const code = node.members.find((member) => member.name?.getText() === 'code')
  const isReadonly =
    code !== undefined &&
    ts.getCombinedModifierFlags(code as ts.Declaration) & ts.ModifierFlags.Readonly
  return [
    ...(isErrors ? [] : [`${placeOf(node)} declares ${name}: error classes stand in errors.ts`]),
    ...(isReadonly || (inherits && code === undefined)
      ? []
      : [`${placeOf(node)}: ${name} needs \`readonly code\`, of a closed union`]),
  ]
}

/** `new XError('…')`, with a text of its own among the arguments. */
function isErrorWithText(node: ts.NewExpression): boolean {
  return (
    node.expression.getText().endsWith('Error') &&
    (node.arguments ?? []).some(
      (argument) =>
        (ts.isStringLiteral(argument) && argument.text.includes(' ')) ||
        ts.isTemplateExpression(argument),
    )
  )
}

function textOf(tag: ts.JSDocTag): string {
  return ts.getTextOfJSDocComment(tag.comment) ?? ''
}
