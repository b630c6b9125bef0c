import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandProblems } from '../support/examples/commands.ts'
import { markdown } from '../support/examples/documents.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'commands-'))
  mkdirSync(path.join(root, 'packages/x/bin'), { recursive: true })
  writeFileSync(path.join(root, 'package.json'), '{ "scripts": { "test": "", "docs": "" } }')
  writeFileSync(path.join(root, 'packages/x/package.json'), '{ "name": "@x/x" }')
  writeFileSync(path.join(root, 'packages/x/bin/run.ts'), '')
})
afterAll(() => rmSync(root, { recursive: true }))

const problemsOf = (...lines: string[]): string[] =>
  markdown(lines.join('\n')).flatMap((section) =>
    commandProblems(root, 'packages/x/README.md', section).map(
      ({ line, message }) => `${line}: ${message}`,
    ),
  )

test('what there is may be written', () => {
  expect(
    problemsOf(
      '```sh',
      '# a comment',
      '',
      'npm test -- --filter=@x/x   # with a comment',
      'SEED=1 npm run docs -- --write file.md',
      'npm install --save-dev @x/x',
      'node bin/run.ts',
      'cd packages/x',
      './bin/run.ts',
      '```',
      '```json',
      'npm run none',
      '```',
      '```sh no-run: needs another machine',
      'anything',
      '```',
    ),
  ).toEqual([])
})

test('what there is not is named', () => {
  expect(
    problemsOf(
      '```sh',
      'npm start',
      'npm run none',
      'npm test -- --filter=@x/y',
      'npm install @x/y',
      'node none.ts',
      'cd none',
      'curl example.com',
      '```',
      '```bash quickly',
      '```',
    ),
  ).toEqual([
    '2: there is no script "start"',
    '3: there is no script "none"',
    '4: there is no package @x/y',
    '5: @x/y is not published from here',
    '6: there is no file none.ts',
    '7: there is no folder none',
    '8: "curl" is looked up nowhere: say "no-run: why" after the name of the language',
    '10: "quickly" means nothing here',
  ])
})
