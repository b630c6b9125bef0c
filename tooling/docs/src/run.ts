import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { readArgs } from '../../config/command.ts'
import { publishedPackages, repository } from '../../config/workspaces.ts'
import { writeSite } from './api/site.ts'
import { currentFrontPage, frontPage } from './front/front-page.ts'

const usage = `npm run docs -- [--write]

Writes the API pages and the guides as static files, into tooling/docs/dist.

  --write   updates the tables of the front page first`

if (readArgs(usage, () => parseArgs({ options: { write: { type: 'boolean' } } })).values.write) {
  writeFileSync(path.join(repository, frontPage), await currentFrontPage(repository))
  console.log(`Written: ${frontPage}`)
}
const folder = path.join(repository, 'tooling/docs/dist')
for (const warning of await writeSite(publishedPackages(repository), folder)) console.warn(warning)
console.log(`The API is at ${pathToFileURL(path.join(folder, 'index.html')).href}`)
