import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

// Portable tests name the files that they import, so one could be forgotten.
test('every transcript is tested', () => {
  const files = readdirSync(new URL('spec', import.meta.url)).filter((file) => file !== 'README.md')
  const source = readFileSync(new URL('spec.test.ts', import.meta.url), 'utf8')
  expect(files).toHaveLength(12)
  for (const file of files) expect(source).toContain(`'./spec/${file}?raw'`)
})
