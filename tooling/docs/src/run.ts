// `npm run docs`: the API of each package as pages. With `--write`, the tables of the front page too.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { packagesIn } from './api/packages.ts'
import { writeSite } from './api/site.ts'
import { currentFrontPage, frontPage } from './front/front-page.ts'
import { repository } from './repository.ts'

const [option, ...more] = process.argv.slice(2)
if ((option !== undefined && option !== '--write') || more.length > 0) {
  console.error('npm run docs takes one option, --write: bring the front page up to date too.')
  process.exit(2)
}
if (option === '--write') {
  writeFileSync(path.join(repository, frontPage), await currentFrontPage(repository))
  console.log(`Written: ${frontPage}`)
}
const folder = path.join(repository, 'tooling/docs/dist')
for (const warning of await writeSite(packagesIn(repository), folder)) console.warn(warning)
console.log(`The API is at ${pathToFileURL(path.join(folder, 'index.html')).href}`)
