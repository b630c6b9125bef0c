import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { publishedPackages, repository } from '../../config/workspaces.ts'
import { writeSite } from '../src/api/site.ts'

test(
  'the site has an index, the guides, every entry with its exports and the README, and loads nothing from elsewhere',
  { timeout: 600_000 },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'site-'))
    try {
      // Two, because the site of one package has another layout.
      const two = publishedPackages(repository).filter(({ name }) => /parser|resume/.test(name))
      await writeSite(two, folder)
      const read = (page: string): string => readFileSync(path.join(folder, page), 'utf8')
      const index = read('index.html')
      expect(index).toContain('href="modules/_tesserae_parser.html"')
      const guides = [...index.matchAll(/href="(documents\/[^"]+\.html)"/g)].map(
        ([, page]) => page!,
      )
      expect(new Set(guides).size).toBeGreaterThanOrEqual(10)
      for (const page of guides) expect(read(page)).toContain('tsd-typography')
      expect(read('modules/_tesserae_parser.html')).toContain('Sixty seconds')
      // What the search looks in.
      expect(readdirSync(path.join(folder, 'assets'))).toContain('search.js')
      expect(read('modules/_tesserae_parser._tesserae_parser_stream.html')).toContain('parseStream')
      const page = read('functions/_tesserae_parser._tesserae_parser_stream.parseStream.html')
      expect(page).toContain('Example')
      expect(page).not.toMatch(/(?:src|href)="https?:/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
