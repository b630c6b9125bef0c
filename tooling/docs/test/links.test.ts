import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { brokenLinks } from './support/links.ts'
import { repository } from '../../config/workspaces.ts'

test('every link in a document of this repository leads somewhere', () => {
  const files = globSync(['*.md', '.github/*.md', 'packages/**/*.md', 'tooling/**/*.md'], {
    cwd: repository,
    exclude: ['**/node_modules/**', '**/dist/**', '**/.*/**'],
  })
  expect(files.length).toBeGreaterThan(20)
  expect(brokenLinks(repository, files)).toEqual([])
})

test('those that do not are named', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'links-'))
  const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text)
  write('a.md', '# A heading, with `code`\n\n[up](#a-heading-with-code) [no](#none)\n')
  write(
    'b.md',
    [
      '[a](a.md) [a](./a.md#a-heading-with-code) [web](https://example.com/none) ',
      '[gone](c.md) <img src="gone.svg"> `[code](c.md)`',
      '````md',
      '```',
      '[code](c.md)',
      '````',
      '[folder](.#b)',
    ].join('\n'),
  )
  try {
    expect(brokenLinks(folder, ['a.md', 'b.md'])).toEqual([
      'a.md:3 leads to #none, and there is no such thing',
      'b.md:2 leads to c.md, and there is no such thing',
      'b.md:2 leads to gone.svg, and there is no such thing',
      'b.md:7 leads to .#b, and there is no such thing',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
