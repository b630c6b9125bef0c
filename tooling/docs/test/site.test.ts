import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { packagesIn } from '../src/api/packages.ts'
import { writeSite } from '../src/api/site.ts'
import { repository } from '../src/repository.ts'

test('the pages have every entry, its exports and the README, and load nothing from elsewhere', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'site-'))
  try {
    const parser = packagesIn(repository).filter(({ name }) => name === '@tesserae/parser')
    await writeSite(parser, folder)
    const read = (page: string): string => readFileSync(path.join(folder, page), 'utf8')
    expect(read('index.html')).toContain('Sixty seconds')
    expect(read('modules/_tesserae_parser_stream.html')).toContain('parseStream')
    const page = read('functions/_tesserae_parser_stream.parseStream.html')
    expect(page).toContain('Example')
    expect(page).not.toMatch(/(?:src|href)="https?:/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
