import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { factor, readSummaries } from '@tooling/bench/summaries'
import { expect, test } from 'vitest'
import { currentFrontPage, frontPage } from '../src/front/front-page.ts'
import { repository } from '../../config/workspaces.ts'

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8')

test('the tables of the front page are as `npm run docs -- --write` writes them', async () => {
  expect(read(frontPage)).toBe(await currentFrontPage(repository))
})

test('the means of the front page are those in the tables of the packages', () => {
  const readmes = globSync(['packages/*/README.md', 'packages/*/docs/*.md'], { cwd: repository })
    .map(read)
    .join('\n')
  for (const [group, { means }] of Object.entries(readSummaries())) {
    const block = new RegExp(`<!-- bench:${group} -->[^]*?<!-- /bench -->`).exec(readmes)?.[0]
    for (const [family, mean] of Object.entries(means))
      expect(block).toContain(`${family} ${factor(mean)}`)
  }
})
