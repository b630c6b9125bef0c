import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { collect } from './collect.ts'
import { commandProblems } from './commands.ts'
import type { Collected, Line } from './types.ts'

/** What is not a document: what others wrote, what was built, and streams and mistakes that tests are made of. */
const exclude = ['**/node_modules/**', '**/dist/**', '**/.*/**', '**/test/**', '**/fixtures/**']

/** Every example of a repository: in all its documents, and in the TSDoc of its packages. */
export function examplesOf(root: string): Collected {
  const all: Collected = { examples: [], problems: [] }
  const add = (file: string, sections: (text: string) => Line[][]): void => {
    for (const lines of sections(readFileSync(path.join(root, file), 'utf8'))) {
      const { examples, problems } = collect(file, lines)
      all.examples.push(...examples)
      all.problems.push(...problems)
    }
  }
  const files = (...globs: string[]): string[] =>
    globSync(globs, { cwd: root, exclude })
      .map((file) => file.replaceAll(path.sep, '/'))
      .sort()
  for (const file of files('*.md', 'packages/**/*.md', 'tooling/**/*.md')) {
    add(file, markdown)
    for (const lines of markdown(readFileSync(path.join(root, file), 'utf8')))
      all.problems.push(...commandProblems(root, file, lines))
  }
  for (const file of files('packages/*/src/**/*.ts')) add(file, tsdoc)
  return all
}

/** A Markdown document is one section. */
export function markdown(text: string): Line[][] {
  return [text.split(/\r?\n/).map((line, index) => ({ text: line, line: index + 1 }))]
}

/** Each `@example` of a source file is a section, without the comment's margin. */
export function tsdoc(text: string): Line[][] {
  const sections: Line[][] = []
  let section: Line[] | undefined
  let inComment = false
  let inFence = false
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (!inComment && !/^\s*\/\*\*/.test(line)) continue
    const ends = line.includes('*/')
    const content = line
      .replace(/^\s*\/\*\*/, '')
      .replace(/\s*\*\/.*$/, '')
      .replace(/^\s*\* ?/, '')
    if (!inComment) inFence = false
    inComment = !ends
    if (/^\s*```/.test(content)) inFence = !inFence
    if (!inFence && /^\s*@\w/.test(content)) {
      section = /^\s*@example\b/.test(content) ? [] : undefined
      if (section) sections.push(section)
    } else section?.push({ text: content, line: index + 1 })
    if (ends) section = undefined
  }
  return sections.map(fenced)
}

/** An `@example` without a fence is code from its first line to its last, which editors show as such. */
function fenced(section: Line[]): Line[] {
  if (section.some(({ text }) => /^\s*```/.test(text))) return section
  const line = section[0]?.line ?? 0
  return [{ text: '```ts', line }, ...section, { text: '```', line }]
}
