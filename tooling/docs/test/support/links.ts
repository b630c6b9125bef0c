import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** Links to files of this repository, and pictures, that lead nowhere: a sentence for each. */
export function brokenLinks(root: string, files: readonly string[]): string[] {
  return files.flatMap((file) =>
    linksIn(readFileSync(path.join(root, file), 'utf8'))
      .filter(({ target }) => !/^[a-z]+:/.test(target) && !leadsSomewhere(root, file, target))
      .map(({ target, line }) => `${file}:${line} leads to ${target}, and there is no such thing`),
  )
}

function linksIn(text: string): { target: string; line: number }[] {
  const found: { target: string; line: number }[] = []
  for (const [index, line] of withoutCode(text).entries())
    for (const [, inMarkdown, inHtml] of line.matchAll(
      /\]\(([^)\s]+)\)|\b(?:href|src|srcset)="([^"]+)"/g,
    ))
      found.push({ target: inMarkdown ?? inHtml ?? '', line: index + 1 })
  return found
}

/** The lines of a document, those of code blocks and of code in a sentence left empty. */
function withoutCode(text: string): string[] {
  let fence: string | undefined
  return text.split('\n').map((line) => {
    const [, ticks] = /^\s*(`{3,}|~{3,})/.exec(line) ?? []
    if (fence === undefined && ticks !== undefined) fence = ticks
    else if (fence !== undefined) fence = ticks?.startsWith(fence) ? undefined : fence
    else return line.replace(/`[^`]*`/g, '')
    return ''
  })
}

function leadsSomewhere(root: string, from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#')
  const found = file === '' ? path.join(root, from) : path.join(root, path.dirname(from), file)
  if (!existsSync(found)) return false
  if (anchor === undefined) return true
  // A folder is shown with its README.
  const page = statSync(found).isDirectory() ? path.join(found, 'README.md') : found
  return page.endsWith('.md') && existsSync(page) && anchorsIn(page).includes(anchor)
}

/** The anchors that a page of Markdown has: its headings, as hosts of repositories spell them. */
function anchorsIn(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => /^#{1,6} (.+)$/.exec(line)?.slice(1) ?? [])
    .map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )
}
