import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Package } from '../../../config/workspaces.ts'

/** What a guide is called: its first heading. */
const HEADING = /^# (.+)\n+/

/** Where the page of a package or of one of its entries is: `@tesserae/parser/stream`. */
function pageOf(name: string): string {
  return `modules/${name.replace(/[^a-z0-9]/gi, '_')}.html`
}

/** Writes the front of the site: what there is, with a link to each. */
export function writeIndex(
  packages: readonly Package[],
  guides: readonly { readonly title: string; readonly slug: string }[],
  file: string,
): void {
  const rows = packages.map(({ name, manifest: { description = '' } }) => {
    return `| [\`${name}\`](${pageOf(name)}) | ${description} |\n`
  })
  const list = guides.map(({ title, slug }) => `- [${title}](documents/${slug}.html)\n`)
  const text = `Server-sent events for language models: every export of every package, with an example that runs.
Search with <kbd>/</kbd> or the field above.

## Packages

| | |
|---|---|
${rows.join('')}
## Guides

${list.join('')}`
  writeFileSync(file, text)
}

/**
 * Copies the guides to where TypeDoc takes them, with the title that it wants. Links to packages lead to their pages; what
 * the site does not have stays as text.
 */
export function copyGuides(
  from: string,
  to: string,
): { title: string; slug: string; file: string }[] {
  mkdirSync(to, { recursive: true })
  const order = readFileSync(path.join(from, 'README.md'), 'utf8')
  const placeOf = (name: string): number => order.indexOf(`(${name})`)
  return readdirSync(from)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .toSorted((one, other) => placeOf(one) - placeOf(other))
    .map((name) => {
      const text = readFileSync(path.join(from, name), 'utf8')
      const title = HEADING.exec(text)?.[1] ?? name
      const file = path.join(to, name)
      writeFileSync(
        file,
        `---\ntitle: ${JSON.stringify(title)}\n---\n\n${ofSite(text.replace(HEADING, ''))}`,
      )
      return { title, slug: slugOf(title), file }
    })
}

/** TypeDoc names the page of a document after its title. */
function slugOf(title: string): string {
  return title.replace(/[ <>:"/\\|?*]/g, '_')
}

function ofSite(text: string): string {
  return text
    .replace(/<!-- example:[\s\S]*?-->\n*/g, '')
    .replace(/^```(tsx?) no-run:.*$/gm, '```$1')
    .replace(/\]\((?:\.\.\/)+packages\/([a-z]+)(#[\w-]+)?\)/g, (_, name: string, anchor = '') => {
      return `](../${pageOf(`@tesserae/${name}`)}${anchor})`
    })
    .replace(/\[([^\]]+)\]\(\.\.\/(?!modules)[^)]*\)/g, '$1')
}
