import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { currentFrontPage, frontPage } from '../src/front/front-page.ts'
import { summariesIn } from '../src/front/speed.ts'
import { repository } from '../src/repository.ts'

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8')

test('the tables of the front page are as `npm run docs -- --write` writes them', async () => {
  expect(read(frontPage)).toBe(await currentFrontPage(repository))
})

test('speeds are taken from the tables of the packages', () => {
  const block = (group: string, content: string) =>
    `<!-- bench:${group} -->${content}<!-- /bench -->\n`
  const said =
    '| case |\n\n`@tesserae/x` : `other`. Geometric means: **live 1.41×, read all 0.50×**.\nNode 24; other 1.0.\n\n'
  expect(summariesIn(block('x', said) + block('y', '\n'))).toEqual([
    {
      group: 'x',
      ours: '@tesserae/x',
      rival: 'other',
      means: [
        ['live', '1.41×'],
        ['read all', '0.50×'],
      ],
      machine: 'Node 24; other 1.0.',
    },
  ])
  expect(() => summariesIn(block('z', '| a table alone |'))).toThrow('says nothing of its means')
})
