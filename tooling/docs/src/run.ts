// `npm run docs`: the API of each package as pages. With `--write` also the picture and the tables of the front page.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { packagesIn } from './api/packages.ts'
import { writeSite } from './api/site.ts'
import { repository } from './repository.ts'

const folder = path.join(repository, 'tooling/docs/dist')
for (const warning of await writeSite(packagesIn(repository), folder)) console.warn(warning)
console.log(`The API is at ${pathToFileURL(path.join(folder, 'index.html')).href}`)
